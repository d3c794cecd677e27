import { join } from "node:path";
import { UserError } from "../user_error.ts";

/**
 * Reads a file of a data set.
 *
 * @param remedy what to do when it is missing, for the error text
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
 * Reads all files of a folder but the hidden ones, which some systems put there.
 *
 * @param remedy what to do when it is missing, for the error text
 * @returns their contents by name, in order of the names
 * @throws UserError if it is missing or something in it unreadable
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

/**
 * Whether there is a file or folder of that name.
 *
 * @throws Deno.errors.NotCapable where Deno lets nobody look
 */
export async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, (error) => {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return false;
  });
}

function unreadable(what: string, remedy: string, cause: unknown): UserError {
  return new UserError(
    cause instanceof Deno.errors.NotFound
      ? `the ${what} is missing; ${remedy}`
      : `cannot read the ${what}: ${(cause as Error).message}`,
    { cause },
  );
}
