import { dirname } from "node:path";
import { UserError } from "../user_error.ts";

/**
 * Writes a file beside its target, syncs it, lets the caller read it back, and renames it into
 * place: a reader sees the old file or the whole new one, and a failure leaves the old one as it
 * was.
 *
 * @param verify is given the bytes as they were read back from disk; it throws if they are not
 *   what was meant
 * @throws UserError naming the file, the cause and the remedy when the disk refuses
 */
export async function writeAtomically(
  path: string,
  bytes: Uint8Array,
  verify?: (written: Uint8Array<ArrayBuffer>) => void,
): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
    using file = await Deno.open(temporary, { write: true, createNew: true });
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    await file.sync();
    verify?.(await Deno.readFile(temporary));
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw writeError(path, error);
  }
}

/** Turns an error of the operating system into one that names the file, the cause and the remedy. */
export function writeError(path: string, error: unknown): unknown {
  return isRefusal(error) ? new UserError(refusal(path, error), { cause: error }) : error;
}

/** Whether the operating system, not this code, stopped a write. */
export function isRefusal(error: unknown): error is Error & { code?: string } {
  return error instanceof Error && ("code" in error || Object.hasOwn(Deno.errors, error.name));
}

/** Whether it stopped it for want of room. */
export function isDiskFull({ code, message }: Error & { code?: string }): boolean {
  return code === "ENOSPC" || code === "EDQUOT" || /no space left|disk quota/i.test(message);
}

function refusal(path: string, error: Error & { code?: string }): string {
  return isDiskFull(error)
    ? `the disk is full: ${path} was not written and what was there before is unchanged; ` +
      `free some space, then run the same command again`
    : `cannot write ${path} (${error.message}); choose a folder that you may write to`;
}
