import { join } from "node:path";
import { writeAtomically } from "../files/write_atomically.ts";
import { UserError } from "../user_error.ts";

/**
 * Makes a folder when it is not there, and writes and removes a file in it: no other way of asking
 * sees read-only mounts, full disks and missing rights alike.
 *
 * @throws UserError naming the folder, the cause and the remedy when it cannot be written
 */
export async function checkWritable(folder: string): Promise<void> {
  const probe = join(folder, `.probe-${crypto.randomUUID()}`);
  try {
    await writeAtomically(probe, new TextEncoder().encode("can this folder be written?"));
    await Deno.remove(probe);
  } catch (error) {
    throw new UserError(
      `the results folder ${folder} cannot be written; choose another folder or make room there ` +
        `(${(error as Error).message})`,
      { cause: error },
    );
  }
}
