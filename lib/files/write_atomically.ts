import { dirname } from "node:path";
import { writeAll } from "./write_all.ts";
import { UserError } from "../user_error.ts";

/**
 * Writes a file beside its target, syncs it, lets the caller verify it, and renames it into place.
 * A reader sees the old file or the whole new one. A failure leaves the old file unchanged.
 *
 * @param content bytes, or text for UTF-8
 * @param verify gets the bytes read back from disk, and throws if they are wrong
 * @throws UserError naming the file, the cause and the remedy if the file cannot be written
 */
export async function writeAtomically(
  path: string,
  content: string | Uint8Array,
  verify?: (written: Uint8Array<ArrayBuffer>) => void,
): Promise<void> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const temporary = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
    using file = await Deno.open(temporary, { write: true, createNew: true });
    await writeAll(file, bytes);
    await file.sync();
    verify?.(await Deno.readFile(temporary));
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw writeError(path, error);
  }
}

/** Turns an error of the operating system into one with the file, the cause and the remedy. */
export function writeError(path: string, error: unknown): unknown {
  return isRefusal(error) ? new UserError(refusal(path, error), { cause: error }) : error;
}

/** True if the operating system, not this code, stopped a write. */
export function isRefusal(error: unknown): error is Error & { code?: string } {
  return error instanceof Error && ("code" in error || Object.hasOwn(Deno.errors, error.name));
}

/** True if the disk, or the user's quota, is full. */
export function isDiskFull({ code, message }: Error & { code?: string }): boolean {
  return code === "ENOSPC" || code === "EDQUOT" || /no space left|disk quota/i.test(message);
}

function refusal(path: string, error: Error & { code?: string }): string {
  return isDiskFull(error)
    ? `the disk is full: ${path} was not written, and its old content is unchanged; ` +
      `free some space, then run the same command again`
    : `cannot write ${path} (${error.message}); choose a folder that you may write to`;
}
