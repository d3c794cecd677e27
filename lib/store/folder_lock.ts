import { join } from "node:path";
import { exists } from "../files/exists.ts";
import { asUserError } from "../as_user_error.ts";
import { UserError } from "../user_error.ts";

/** The lock file is empty and never removed: otherwise two processes could lock two files. */
export const LOCK_FILE = ".lock";

/**
 * Runs a function while no other process changes the folder.
 *
 * The lock is advisory and belongs to the open file, so the operating system releases it when its
 * owner dies. The manifest itself cannot be locked: each write replaces the file.
 *
 * @param access "change" waits for readers and writers, "read" for writers only
 * @throws UserError if the lock file cannot be opened, or the file system has no locks
 */
export async function withFolderLock<T>(
  folder: string,
  access: "read" | "change",
  run: () => Promise<T>,
): Promise<T> {
  const path = join(folder, LOCK_FILE);
  using file = await openLock(path, access);
  if (!file) {
    const [outcome] = await Promise.allSettled([run()]);
    // The first writer may have come meanwhile: then read again, with the lock.
    if (await exists(path)) return await withFolderLock(folder, access, run);
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  }
  await file.lock(access === "change").catch((error) => {
    throw noLocksError(path, error);
  });
  return await run();
}

/** Makes the error of a file system without locks. */
export function noLocksError(path: string, error: Error): UserError {
  return new UserError(
    `cannot lock ${path} (${error.message}); the results folder must be on a file ` +
      `system with locks, since two runners could otherwise do the same run`,
    { cause: error },
  );
}

/** Opens the lock file; null for a reader if no writer has made one: a folder may be read-only. */
async function openLock(path: string, access: "read" | "change"): Promise<Deno.FsFile | null> {
  try {
    const options = access === "read" ? { read: true } : { write: true, create: true };
    return await Deno.open(path, options);
  } catch (error) {
    if (access === "read" && error instanceof Deno.errors.NotFound) return null;
    throw asUserError(error, path);
  }
}
