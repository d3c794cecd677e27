import { unzipSync } from "fflate";
import { decodeNpy, type NpyArray } from "./npy.ts";
import { UserError } from "../user_error.ts";

/**
 * Reads one array of an npz file, NumPy's zip of npy files, which `np.savez` stores as they are and
 * `np.savez_compressed` deflates.
 *
 * @param file its name, for error texts
 * @throws UserError naming the file and what is wrong with it
 */
export function readNpzArray(bytes: Uint8Array, file: string, name: string): NpyArray {
  const found = unzip(bytes, file, `${name}.npy`);
  if (found) return decodeNpy(found, `${file}, array "${name}"`);
  throw new UserError(`${file} holds no array "${name}"; delete it and get it again`);
}

function unzip(bytes: Uint8Array, file: string, wanted: string): Uint8Array | undefined {
  try {
    return unzipSync(bytes, { filter: ({ name }) => name === wanted })[wanted];
  } catch (error) {
    throw new UserError(
      `${file} is damaged: it is not a whole npz file (${(error as Error).message}); ` +
        `delete it and get it again`,
      { cause: error },
    );
  }
}
