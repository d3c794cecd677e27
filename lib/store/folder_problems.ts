import { join } from "node:path";
import { exists } from "../files/exists.ts";
import { leftovers, ownFiles } from "./files_under.ts";
import { MANIFEST_FILE, readManifest, resultName } from "./manifest.ts";

/** Something wrong in a results folder. */
export interface Problem {
  /** Path relative to the folder. */
  readonly file: string;
  /**
   * "damaged": a listed file is missing, or not as it was written. "unlisted": the manifest does
   * not list the file, so nothing reads it; a killed process left it.
   */
  readonly kind: "damaged" | "unlisted";
  /** The fault and the remedy, in one sentence. */
  readonly message: string;
}

/**
 * Lists the files in a results folder that nothing reads.
 *
 * @throws UserError for a damaged manifest
 */
export async function unlistedFiles(folder: string): Promise<Problem[]> {
  const manifest = await readManifest(folder);
  const problems: Problem[] = [];
  const tell = (file: string, why: string) =>
    problems.push({ file, kind: "unlisted", message: `${join(folder, file)} ${why}` });
  for (const file of await leftovers(folder)) {
    const what = file.endsWith(".tmp")
      ? "was half written by a killed process"
      : "was left by a killed process";
    tell(file, `${what}; the next \`deno task reproduce\` removes it`);
  }
  const isLost = !await exists(join(folder, MANIFEST_FILE));
  for (const file of await ownFiles(folder)) {
    if (resultName(file) === null || Object.hasOwn(manifest, file)) continue;
    tell(
      file,
      isLost
        ? `is not read, because ${MANIFEST_FILE} is missing; put that file back, or ` +
          "`deno task reproduce` makes every result again"
        : `is not listed in ${MANIFEST_FILE}, so nothing reads it: a process was killed while it ` +
          "wrote, or somebody put it there; it can be deleted, or `deno task results merge` takes it " +
          "over from the folder that lists it",
    );
  }
  return problems;
}
