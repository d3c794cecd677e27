import { join } from "node:path";
import { LOCK_FILE } from "./folder_lock.ts";
import { MANIFEST_FILE } from "./manifest.ts";
import { removeIfThere } from "../files/remove_if_there.ts";

/**
 * Lists all files under a folder. Paths are relative to it, with "/" between their parts. Skips
 * folders that another process removes meanwhile.
 */
export async function* filesUnder(folder: string, prefix = ""): AsyncGenerator<string> {
  try {
    for await (const { name, isDirectory } of Deno.readDir(join(folder, prefix))) {
      if (isDirectory) yield* filesUnder(folder, `${prefix}${name}/`);
      else yield prefix + name;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/**
 * Lists the results folders inside a results folder, such as "reference/". The outer folder ignores
 * their content.
 *
 * @param files all files under the outer folder, relative to it
 */
export function nestedFolders(files: readonly string[]): string[] {
  // Before its first result, a folder has a lock and no manifest. "tables/" has a lock of its own.
  const marks = [`/${MANIFEST_FILE}`, `/${LOCK_FILE}`];
  const folders = files.filter((file) => marks.some((mark) => file.endsWith(mark)))
    .map((file) => file.slice(0, file.lastIndexOf("/") + 1))
    .filter((folder) => !`/${folder}`.endsWith("/tables/"));
  return [...new Set(folders)].sort();
}

/** Lists a results folder's files, sorted, without those of {@linkcode nestedFolders}. */
export async function ownFiles(folder: string): Promise<string[]> {
  const files = await Array.fromAsync(filesUnder(folder));
  const nested = nestedFolders(files);
  return files.filter((file) => !nested.some((other) => file.startsWith(other))).sort();
}

/** Temporary names of half-written files that need the folder's lock: Arrow files, manifests. */
const LOCKED = /(\.arrow|(^|\/)manifest\.json)\.[0-9a-f]{8}\.tmp$/;

/** Temporary names of files written without the lock: weights, cards, records, write probes. */
const UNLOCKED = /(\.(safetensors|json)\.[0-9a-f]{8}\.tmp|^\.probe-[\w.-]+)$/;

/** Longer than any one file takes to write. */
const LONG_MS = 3_600_000;

/**
 * Finds what killed processes left: half-written files and empty checkpoint folders. The caller
 * holds the folder's lock, so nobody is writing a file that needs it. Other files count only if
 * they are old.
 *
 * @returns paths relative to the folder
 */
export async function leftovers(folder: string): Promise<string[]> {
  const files = await ownFiles(folder);
  const unlocked = files.filter((file) => UNLOCKED.test(file) && !LOCKED.test(file));
  const old = await Array.fromAsync(
    [...unlocked, ...await emptyCheckpoints(folder)],
    async (path) => await isOld(join(folder, path)) ? [path] : [],
  );
  return [...files.filter((file) => LOCKED.test(file)), ...old.flat()];
}

/** Removes all {@linkcode leftovers}. The caller holds the folder's lock. */
export async function removeLeftovers(folder: string): Promise<void> {
  for (const path of await leftovers(folder)) await removeIfThere(join(folder, path));
}

async function emptyCheckpoints(folder: string): Promise<string[]> {
  const list = (path: string) =>
    Array.fromAsync(Deno.readDir(join(folder, path))).catch(() => null);
  const empty: string[] = [];
  for (const { name, isDirectory } of await list("checkpoints") ?? []) {
    const path = `checkpoints/${name}`;
    if (isDirectory && (await list(path))?.length === 0) empty.push(path);
  }
  return empty;
}

async function isOld(path: string): Promise<boolean> {
  const info = await Deno.lstat(path).catch(() => null);
  return info?.mtime != null && Date.now() - info.mtime.getTime() > LONG_MS;
}
