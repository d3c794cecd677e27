import { join } from "node:path";
import configuration from "../../deno.json" with { type: "json" };
import { isHidden } from "../files/hidden.ts";
import { PROJECT_ROOT } from "../files/project_root.ts";

const NAME = "@std/assert";

/** Where the tests get `@std/assert` from, and what to tell Deno so that it does. */
export interface AssertLibrary {
  readonly description: string;
  /** Arguments for `deno test`, `deno check` and the like. */
  readonly denoArguments: readonly string[];
}

/**
 * The tests import `jsr:@std/assert`. Where JSR cannot be reached and it is not in the cache, an
 * import map points the same name to a stand-in in tests/, so that the tests run without it.
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
  // Deno expands deno.json's own imports to their sub-paths by itself, those of an import map not.
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
    description: `the stand-in in tests/, since ${specifier} cannot be had here`,
    denoArguments: ["--import-map", path],
  };
}
