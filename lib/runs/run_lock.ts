import { dirname, join } from "node:path";
import os from "node:os";
import { UserError } from "../user_error.ts";

/** Who is at a run, for messages. */
export interface Holder {
  readonly host: string;
  readonly pid: number;
  /** ISO 8601 */
  readonly since: string;
}

/** A run that nobody else takes as long as it is held. */
export interface RunLock {
  /** @throws UserError if the results folder was removed, or its disk unmounted, since the run was taken */
  check(): Promise<void>;
  /** @throws UserError as `check` does */
  release(): Promise<void>;
}

/**
 * Takes a run for this process, or gives null if another one is at it, or another worker of this one.
 * The lock belongs to the open file, so the operating system releases it when its owner dies.
 *
 * @throws UserError where the file system knows no locks
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
    // Its last owner may have removed the file between opening and locking: then the lock is of no use.
    if (!await isAt(file, path)) {
      file.close();
      continue;
    }
    const holder: Holder = { host: os.hostname(), pid: Deno.pid, since: new Date().toISOString() };
    await file.truncate();
    await file.write(new TextEncoder().encode(JSON.stringify(holder)));
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

/** Makes the folder of the locks, but not anew the results folder, which somebody may have removed. */
async function makeFolder(path: string): Promise<void> {
  await Deno.mkdir(path).catch((error) => {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  });
}

function goneError(folder: string, path: string): UserError {
  return new UserError(
    `the results folder ${folder} was removed, or its disk unmounted, in the middle of a run (${path} is ` +
      "gone), so that no more results are written; bring it back, then run the same command again",
  );
}

/** Who holds a run; null if nobody does. */
export async function holderOf(folder: string, run: string): Promise<Holder | null> {
  const path = lockFile(folder, run);
  try {
    using file = await Deno.open(path, { read: true });
    if (await tryLock(file, path)) return null;
    return JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    // Gone meanwhile, or held and not yet written.
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return null;
    throw error;
  }
}

function lockFile(folder: string, run: string): string {
  return join(folder, "claims", `${run}.lock`);
}

/** Longer than `holderOf` has a lock to see whether it is free. */
const LOOKED_AT_MS = 20;

async function tryLock(file: Deno.FsFile, path: string): Promise<boolean> {
  try {
    if (await file.tryLock(true)) return true;
    await new Promise((resolve) => setTimeout(resolve, LOOKED_AT_MS));
    return await file.tryLock(true);
  } catch (error) {
    file.close();
    throw new UserError(
      `cannot lock ${path} (${(error as Error).message}); the results folder must be on a file ` +
        `system with locks, since two runners could otherwise do the same run`,
      { cause: error },
    );
  }
}

/** Whether an open file is the one that lies at the path now. */
async function isAt(file: Deno.FsFile, path: string): Promise<boolean> {
  const now = await Deno.stat(path).catch(() => null);
  return now !== null && now.ino === (await file.stat()).ino;
}
