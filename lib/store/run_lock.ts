import { dirname, join } from "node:path";
import os from "node:os";
import { noLocksError } from "./folder_lock.ts";
import { UserError } from "../user_error.ts";
import { writeAll } from "../files/write_all.ts";

/** The process that holds a run's lock, for messages. */
export interface Holder {
  readonly host: string;
  readonly pid: number;
  /** ISO 8601 */
  readonly since: string;
}

/** The lock of a run: while it is held, no other worker takes the run. */
export interface RunLock {
  /** @throws UserError if the results folder was removed, or its disk unmounted, meanwhile */
  check(): Promise<void>;
  /** @throws UserError as `check` does */
  release(): Promise<void>;
}

/**
 * Locks a run; gives null if another process, or another worker of this one, holds it. The lock
 * belongs to the open file, so the operating system releases it when its owner dies.
 *
 * @throws UserError if the file system has no locks
 */
export async function lockRun(folder: string, run: string): Promise<RunLock | null> {
  const path = lockFile(folder, run);
  await makeFolder(dirname(path));
  for (;;) {
    const file = await Deno.open(path, { read: true, write: true, create: true });
    if (!await tryLock(file, path)) {
      file.close();
      return null;
    }
    // Its last owner may have removed the file between opening and locking: then try again.
    if (!await isAt(file, path)) {
      file.close();
      continue;
    }
    const holder: Holder = { host: os.hostname(), pid: Deno.pid, since: new Date().toISOString() };
    try {
      await file.truncate();
      await writeAll(file, new TextEncoder().encode(JSON.stringify(holder)));
    } catch (error) {
      file.close();
      throw error;
    }
    const check = async () => {
      if (!await isAt(file, path)) throw goneError(folder, path);
    };
    return {
      check,
      async release() {
        using _ = file;
        await check();
        await Deno.remove(path);
      },
    };
  }
}

/** Makes the folder of the locks, but not the results folder: somebody may have removed it. */
async function makeFolder(path: string): Promise<void> {
  await Deno.mkdir(path).catch((error) => {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  });
}

function goneError(folder: string, path: string): UserError {
  return new UserError(
    `the results folder ${folder} was removed, or its disk unmounted, in the middle of a run (${path} is ` +
      "gone), so no more results are written; bring it back, then run the same command again",
  );
}

/** Finds the holder of a run's lock; null if nobody holds it. */
export async function holderOf(folder: string, run: string): Promise<Holder | null> {
  const path = lockFile(folder, run);
  try {
    using file = await Deno.open(path, { read: true });
    // A shared lock, since NFS gives an exclusive one only on a file that is open for writing.
    if (await tryLock(file, path, false)) return null;
    return JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    // The file is gone, or its holder has not written it yet.
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return null;
    throw error;
  }
}

function lockFile(folder: string, run: string): string {
  return join(folder, "claims", `${run}.lock`);
}

/** Longer than `holderOf` holds a lock while it tests it. */
const LOOKED_AT_MS = 20;

async function tryLock(file: Deno.FsFile, path: string, isExclusive = true): Promise<boolean> {
  try {
    if (await file.tryLock(isExclusive)) return true;
    await new Promise((resolve) => setTimeout(resolve, LOOKED_AT_MS));
    return await file.tryLock(isExclusive);
  } catch (error) {
    file.close();
    throw noLocksError(path, error as Error);
  }
}

/** True if an open file is still the one at the path. */
async function isAt(file: Deno.FsFile, path: string): Promise<boolean> {
  const now = await Deno.stat(path).catch(() => null);
  return now !== null && now.ino === (await file.stat()).ino;
}
