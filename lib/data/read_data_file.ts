import { join } from "node:path";
import { UserError } from "../user_error.ts";

/**
 * Reads a file of a data set.
 *
 * @param remedy remedy for a missing file, for the error message
 * @throws UserError if it is missing or unreadable
 */
export async function readDataFile(
  file: string,
  remedy: string,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await Deno.readFile(file);
  } catch (error) {
    throw unreadable(`data file ${file}`, remedy, error);
  }
}

/**
 * Reads all files of a folder except hidden ones, which some systems add.
 *
 * @param remedy remedy for a missing folder, for the error message
 * @returns contents by name, in order of the names
 * @throws UserError if the folder is missing or a file in it is unreadable
 */
export async function readFolder(
  folder: string,
  remedy: string,
): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const names: string[] = [];
  try {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (isFile && !name.startsWith(".")) names.push(name);
    }
  } catch (error) {
    throw unreadable(`folder ${folder}`, remedy, error);
  }
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const name of names.sort()) files.set(name, await readDataFile(join(folder, name), remedy));
  return files;
}

function unreadable(what: string, remedy: string, cause: unknown): UserError {
  return new UserError(
    cause instanceof Deno.errors.NotFound
      ? `the ${what} is missing; ${remedy}`
      : `cannot read the ${what}: ${(cause as Error).message}`,
    { cause },
  );
}
