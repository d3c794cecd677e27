import { dirname, join } from "node:path";
import { sha256 } from "../files/sha256.ts";
import { writeAtomically } from "../files/write_atomically.ts";
import { UserError } from "../user_error.ts";

/** SHA-256 of each file of a folder, by name; written when they came from a checked archive. */
const RECORD = "verified.json";

/** Writes down the files of a folder, none of which lies in a folder below it, as they are now. */
export async function writeVerifiedRecord(folder: string): Promise<void> {
  const record: Record<string, string> = {};
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (isFile) record[name] = sha256(await Deno.readFile(join(folder, name)));
  }
  await writeAtomically(
    join(folder, RECORD),
    new TextEncoder().encode(JSON.stringify(record, null, 2) + "\n"),
  );
}

/**
 * Whether the folder has a record.
 *
 * @param files the content of each file in question, by name
 * @throws UserError naming the first file that is not as it was recorded: it was verified once, so it
 *   is damaged, and must not pass for an unverified copy
 */
export async function isVerified(
  folder: string,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<boolean> {
  const record = await readRecord(join(folder, RECORD));
  if (!record) return false;
  for (const [name, bytes] of files) {
    if (record[name] === sha256(bytes)) continue;
    throw new UserError(
      `${join(folder, name)} is damaged: it is not what ${RECORD} beside it says was unpacked; ` +
        `delete the folder ${folder} to have it made again`,
    );
  }
  return true;
}

async function readRecord(file: string): Promise<Record<string, string> | null> {
  try {
    return JSON.parse(await Deno.readTextFile(file));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw new UserError(
      `cannot read ${file} (${(error as Error).message}); ` +
        `delete the folder ${dirname(file)} to have it made again`,
      { cause: error },
    );
  }
}
