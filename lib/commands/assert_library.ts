import { join } from "node:path";
import configuration from "../../deno.json" with { type: "json" };
import { isHidden } from "../files/hidden.ts";
import { PROJECT_ROOT } from "../files/project_root.ts";

const NAME = "@std/assert";

/** The source of `@std/assert` for the tests. */
export interface AssertLibrary {
  readonly description: string;
  /** Arguments for `deno test`, `deno check` and the like. */
  readonly denoArguments: readonly string[];
}

/**
 * Chooses the source of `jsr:@std/assert`, which the tests import. If JSR cannot be reached and the
 * cache lacks it, an import map points the same name to a stand-in in tests/.
 */
export async function chooseAssertLibrary(): Promise<AssertLibrary> {
  const specifier = configuration.imports[NAME];
  const probe = isHidden("jsr") ? { success: false } : await new Deno.Command(Deno.execPath(), {
    args: ["cache", "--quiet", "--no-config", specifier],
    stdout: "null",
    stderr: "null",
    signal: AbortSignal.timeout(20_000),
  }).output().catch(() => ({ success: false }));
  if (probe.success) return { description: specifier, denoArguments: [] };
  const standIn = new URL("../../tests/assert_stand_in.ts", import.meta.url).href;
  // Deno adds sub-paths to the imports of deno.json, but not to those of an import map.
  const subPaths = Object.entries(configuration.imports)
    .filter(([, target]) => target.startsWith("npm:"))
    .map(([name, target]) => [`${name}/`, `${target.replace("npm:", "npm:/")}/`]);
  const map = {
    imports: { ...configuration.imports, ...Object.fromEntries(subPaths), [NAME]: standIn },
  };
  const path = join(PROJECT_ROOT, ".cache", "imports_without_jsr.json");
  await Deno.mkdir(join(PROJECT_ROOT, ".cache"), { recursive: true });
  await Deno.writeTextFile(path, JSON.stringify(map));
  return {
    description: `the stand-in in tests/, because ${specifier} cannot be loaded`,
    denoArguments: ["--import-map", path],
  };
}
