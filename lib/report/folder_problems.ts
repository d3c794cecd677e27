import { join } from "node:path";
import { UserError } from "../user_error.ts";
import { type Manifest, MANIFEST_FILE, readManifest } from "./manifest.ts";
import { ownFiles } from "./nested_folders.ts";
import { readListedFile } from "./read_listed_file.ts";
import { LEFTOVER } from "./remove_leftovers.ts";
import { resultName } from "./result_file.ts";

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
  for (const file of await ownFiles(folder)) {
    const why = whyUnlisted(file, manifest);
    if (why) problems.push({ file, kind: "unlisted", message: `${join(folder, file)} ${why}` });
  }
  return problems;
}

/** The caller holds the folder's lock, so nobody is writing such a file now. */
function whyUnlisted(file: string, manifest: Manifest): string | null {
  if (LEFTOVER.test(file)) {
    return "is half of a file that a killed process was writing; the next `deno task reproduce` " +
      "removes it";
  }
  if (resultName(file) === null || Object.hasOwn(manifest, file)) return null;
  return `is not listed in ${MANIFEST_FILE}, so nothing reads it: a process was killed while it ` +
    "wrote, or somebody put it there; it can be deleted";
}

function damaged(file: string, error: unknown): Problem {
  if (!(error instanceof UserError)) throw error;
  return { file, kind: "damaged", message: error.message };
}
