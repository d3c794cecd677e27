import { join } from "node:path";
import configuration from "../../deno.json" with { type: "json" };
import { isHidden } from "../files/hidden.ts";
import { PROJECT_ROOT } from "../files/project_root.ts";
import { writeAtomically } from "../files/write_atomically.ts";

const NAME = "@std/assert";

/** The source of `@std/assert` for the tests. */
export interface AssertLibrary {
  readonly description: string;
  /** True if it is not the package itself */
  readonly isStandIn: boolean;
  /** Arguments for `deno test`, `deno check` and the like. */
  readonly denoArguments: readonly string[];
}

/**
 * Chooses the source of `jsr:@std/assert`, which the tests import. If JSR cannot be reached and the
 * cache lacks it, an import map points the same name to a stand-in in tests/.
 *
 * The other packages come from a copy of the lock file, since Deno adds to the file what it lacks.
 */
export async function chooseAssertLibrary(): Promise<AssertLibrary> {
  const specifier = configuration.imports[NAME];
  const probe = isHidden("jsr") ? { success: false } : await new Deno.Command(Deno.execPath(), {
    args: ["cache", "--quiet", "--no-config", specifier],
    stdout: "null",
    stderr: "null",
    signal: AbortSignal.timeout(20_000),
  }).output().catch(() => ({ success: false }));
  const cache = join(PROJECT_ROOT, ".cache");
  await Deno.mkdir(cache, { recursive: true });
  const lock = join(cache, "deno.lock");
  await writeAtomically(lock, await Deno.readFile(join(PROJECT_ROOT, "deno.lock")));
  if (probe.success) {
    return { description: specifier, isStandIn: false, denoArguments: ["--lock", lock] };
  }
  const standIn = new URL("../../tests/assert_stand_in.ts", import.meta.url).href;
  // Deno adds sub-paths to the imports of deno.json, but not to those of an import map.
  const subPaths = Object.entries(configuration.imports)
    .filter(([, target]) => target.startsWith("npm:"))
    .map(([name, target]) => [`${name}/`, `${target.replace("npm:", "npm:/")}/`]);
  const map = {
    imports: { ...configuration.imports, ...Object.fromEntries(subPaths), [NAME]: standIn },
  };
  const path = join(cache, "imports_without_jsr.json");
  await writeAtomically(path, JSON.stringify(map));
  return {
    description: `the stand-in in tests/, because ${specifier} cannot be loaded`,
    isStandIn: true,
    denoArguments: ["--lock", lock, "--import-map", path],
  };
}
