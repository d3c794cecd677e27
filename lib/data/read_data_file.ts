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
    throw new UserError(
      error instanceof Deno.errors.NotFound
        ? `the data file ${file} is missing; ${remedy}`
        : `cannot read the data file ${file}: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

/** Whether there is a file or folder of that name. */
export async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
