import { join } from "node:path";
import { userCache } from "../../files/user_cache.ts";

/** The ending of a cache's file; no other file in the folder is ever deleted. */
const SUFFIX = ".logits";

/**
 * Finds the folder for the teachers' logits: $BSS_TEACHER_LOGITS, else `bss-teacher-logits` in the
 * user's cache folder. An empty variable counts as not set.
 */
export function teacherCacheFolder(): string {
  return Deno.env.get("BSS_TEACHER_LOGITS") || join(userCache(), "bss-teacher-logits");
}

/** Names the file of the cache with this hash. */
export function teacherCacheFile(folder: string, hash: string): string {
  return join(folder, hash + SUFFIX);
}

/**
 * Deletes the least recently opened or written caches until the rest takes at most `bytes`. A cache
 * that another process uses stays whole for that process.
 *
 * @param keep the file of the cache that is being opened; it is neither counted nor deleted
 */
export function deleteOldCaches(folder: string, keep: string, bytes: number): void {
  const files = [...Deno.readDirSync(folder)]
    .filter(({ name, isFile }) => isFile && name.endsWith(SUFFIX))
    .map(({ name }) => join(folder, name))
    .filter((path) => path !== keep)
    .flatMap((path) => {
      const info = unlessGone(() => Deno.statSync(path));
      return info ? [{ path, used: diskUse(info), time: info.mtime?.getTime() ?? 0 }] : [];
    })
    .sort((a, b) => a.time - b.time);
  let total = files.reduce((sum, { used }) => sum + used, 0);
  for (const { path, used } of files) {
    if (total <= bytes) return;
    unlessGone(() => Deno.removeSync(path));
    total -= used;
  }
}

/** Computes a file's bytes on disk without its holes; its size if the system does not tell. */
export function diskUse({ size, blocks }: Deno.FileInfo): number {
  return blocks === null ? size : 512 * blocks;
}

/** Runs an action; gives null if another process has deleted the file in the meantime. */
function unlessGone<T>(action: () => T): T | null {
  try {
    return action();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
