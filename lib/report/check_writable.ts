import { join } from "node:path";
import { isDiskFull, writeAtomically } from "../files/write_atomically.ts";
import { UserError } from "../user_error.ts";

/**
 * Makes a folder when it is not there, and writes and removes a file in it: no other way of asking
 * sees read-only mounts, full disks and missing rights alike.
 *
 * @throws UserError naming the folder, the cause and the remedy when it cannot be written
 */
export async function checkWritable(folder: string): Promise<void> {
  // As long as paths of results get, of which the system allows only so much.
  const probe = join(folder, `.probe-${crypto.randomUUID()}`.padEnd(130, "-"));
  try {
    await writeAtomically(probe, new TextEncoder().encode("can this folder be written?"));
    await Deno.remove(probe);
  } catch (error) {
    // The system's own words, but for the probe's name, which nobody knows.
    const cause = ((error as Error).cause ?? error) as Error;
    const reason = isDiskFull(cause) ? "the disk is full" : cause.message.split(" (os error")[0];
    throw new UserError(
      `the results folder ${folder} cannot be written; choose another folder or make room there ` +
        `(${reason})`,
      { cause: error },
    );
  }
}
