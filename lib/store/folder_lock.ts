import { join } from "node:path";
import { asUserError } from "../as_user_error.ts";

/** Empty; it stays in the folder, since removing it would let two processes lock two files. */
const LOCK_FILE = ".lock";

/**
 * Runs something while no other process changes the folder.
 *
 * The lock is advisory and belongs to the open file, so the operating system releases it when its
 * owner dies. Locking the manifest itself would not do: each write puts another file in its place.
 *
 * @param access "change" waits for readers and writers, "read" for writers
 * @throws UserError when the lock file cannot be opened
 */
export async function withFolderLock<T>(
  folder: string,
  access: "read" | "change",
  run: () => Promise<T>,
): Promise<T> {
  using file = await openLock(join(folder, LOCK_FILE), access);
  await file?.lock(access === "change");
  return await run();
}

/** `null` for a reader of a folder that no writer has ever locked: it may be read-only. */
async function openLock(path: string, access: "read" | "change"): Promise<Deno.FsFile | null> {
  try {
    const options = access === "read" ? { read: true } : { write: true, create: true };
    return await Deno.open(path, options);
  } catch (error) {
    if (access === "read" && error instanceof Deno.errors.NotFound) return null;
    throw asUserError(error);
  }
}
