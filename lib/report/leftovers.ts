import { join } from "node:path";
import { ownFiles } from "../store/files_under.ts";

/** What `writeAtomically` calls an Arrow file or a manifest until it is whole. */
const LOCKED = /(\.arrow|(^|\/)manifest\.json)\.[0-9a-f]{8}\.tmp$/;

/** The same of weights, cards and records, and the probe of `checkWritable`: these need no lock. */
const UNLOCKED = /(\.(safetensors|json)\.[0-9a-f]{8}\.tmp|^\.probe-[\w.-]+)$/;

/** Longer than anybody writes at one file. */
const LONG_MS = 3_600_000;

/**
 * Finds what killed processes have left: files half written, and folders of checkpoints without any. The
 * caller holds the folder's lock, so nobody is writing what needs it; the others are old.
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

/** Removes them. The caller holds the folder's lock. */
export async function removeLeftovers(folder: string): Promise<void> {
  for (const path of await leftovers(folder)) await Deno.remove(join(folder, path));
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
