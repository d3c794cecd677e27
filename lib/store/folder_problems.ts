import { join } from "node:path";
import { UserError } from "../user_error.ts";
import { leftovers, ownFiles } from "./files_under.ts";
import { type Manifest, MANIFEST_FILE, readManifest, resultName } from "./manifest.ts";
import { readListedFile } from "./read_listed_file.ts";

/** Something wrong in a results folder. */
export interface Problem {
  /** Path relative to the folder. */
  readonly file: string;
  /**
   * "damaged": what should be there cannot be read as it was written. "unlisted": a file
   * that the manifest does not know, left by a process that was killed; nothing reads it.
   */
  readonly kind: "damaged" | "unlisted";
  /** What is wrong and what to do, in one sentence. */
  readonly message: string;
}

/** Reads everything in a results folder; an empty list when all of it is whole. */
export async function folderProblems(folder: string): Promise<Problem[]> {
  let manifest: Manifest;
  try {
    manifest = await readManifest(folder);
  } catch (error) {
    return [damaged(MANIFEST_FILE, error)];
  }
  const problems: Problem[] = [];
  for (const [file, entry] of Object.entries(manifest)) {
    await readListedFile(folder, file, entry).catch((error) => problems.push(damaged(file, error)));
  }
  const tell = (file: string, why: string) =>
    problems.push({ file, kind: "unlisted", message: `${join(folder, file)} ${why}` });
  for (const file of await leftovers(folder)) {
    const what = file.endsWith(".tmp")
      ? "is half of a file that a killed process was writing"
      : "was left by a killed process";
    tell(file, `${what}; the next \`deno task reproduce\` removes it`);
  }
  for (const file of await ownFiles(folder)) {
    if (resultName(file) === null || Object.hasOwn(manifest, file)) continue;
    tell(
      file,
      `is not listed in ${MANIFEST_FILE}, so nothing reads it: a process was killed while it ` +
        "wrote, or somebody put it there; it can be deleted",
    );
  }
  return problems;
}

function damaged(file: string, error: unknown): Problem {
  if (!(error instanceof UserError)) throw error;
  return { file, kind: "damaged", message: error.message };
}
