import { dirname, join } from "node:path";
import os from "node:os";
import { UserError } from "../../lib/user_error.ts";

/** Who is at a run, for messages. */
export interface Holder {
  readonly host: string;
  readonly pid: number;
  /** ISO 8601 */
  readonly since: string;
}

/** A run that nobody else takes as long as it is held. */
export interface Claim {
  release(): Promise<void>;
}

/**
 * Takes a run for this process, or gives null if another one is at it, or another worker of this one.
 * The lock belongs to the open file, so the operating system releases it when its owner dies.
 *
 * @throws UserError where the file system knows no locks
 */
export async function claimRun(folder: string, run: string): Promise<Claim | null> {
  const path = lockFile(folder, run);
  await Deno.mkdir(dirname(path), { recursive: true });
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
    return {
      async release() {
        await Deno.remove(path);
        file.close();
      },
    };
  }
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
