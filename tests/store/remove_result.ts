import { join } from "node:path";
import { readManifest, resultFile, writeManifest } from "../../lib/store/manifest.ts";
import type { ResultsFolder } from "../../lib/store/results_folder.ts";

/** Removes a result and its entry in the manifest, as if it had never been made. */
export async function removeResult({ path }: ResultsFolder, name: string): Promise<void> {
  const { [resultFile(name)]: _, ...others } = await readManifest(path);
  await writeManifest(path, others);
  await Deno.remove(join(path, resultFile(name)));
}
