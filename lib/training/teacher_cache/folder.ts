import { join } from "node:path";
import { userCache } from "../../files/user_cache.ts";

/** How a cache's file ends: nothing else in the folder is ever deleted. */
const SUFFIX = ".logits";

/**
 * The folder for the teachers' logits: $BSS_TEACHER_LOGITS, else `bss-teacher-logits` in the user's
 * cache folder. A variable that is set but empty counts as not set.
 */
export function teacherCacheFolder(): string {
  return Deno.env.get("BSS_TEACHER_LOGITS") || join(userCache(), "bss-teacher-logits");
}

/** The file of the cache with this hash. */
export function teacherCacheFile(folder: string, hash: string): string {
  return join(folder, hash + SUFFIX);
}

/**
 * Deletes the caches that were opened or written least recently until those that are left take no
 * more than so many bytes. One that is deleted while another process uses it stays whole for that
 * process.
 *
 * @param keep the file of the cache that is being opened: neither counted nor deleted
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

/** What a file with holes takes on disk, in bytes; its size where the system does not tell. */
export function diskUse({ size, blocks }: Deno.FileInfo): number {
  return blocks === null ? size : 512 * blocks;
}

/** null if another process has deleted the file in the meantime. */
function unlessGone<T>(action: () => T): T | null {
  try {
    return action();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
