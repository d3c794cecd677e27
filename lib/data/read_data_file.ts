import { UserError } from "../user_error.ts";

/**
 * Reads a file of a data set.
 *
 * @throws UserError if it is missing or unreadable
 */
export async function readDataFile(file: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await Deno.readFile(file);
  } catch (error) {
    throw new UserError(`cannot read the data file ${file}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

export async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
