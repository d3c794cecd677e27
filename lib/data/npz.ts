import { type UnzipFileInfo, unzipSync } from "fflate";
import { decodeNpy, type NpyArray } from "./npy.ts";
import { UserError } from "../user_error.ts";

/** In bytes: of version 1 of the format, which is enough for any shape. */
const LONGEST_HEADER = 1 << 16;

/**
 * Reads one array of an npz file, NumPy's zip of npy files, which `np.savez` stores as they are and
 * `np.savez_compressed` deflates.
 *
 * @param file its name, for error texts
 * @param limit how many bytes the values may have
 * @throws UserError naming the file and what is wrong with it
 */
export function readNpzArray(
  bytes: Uint8Array,
  file: string,
  name: string,
  limit: number,
): NpyArray {
  const found = unzip(bytes, file, `${name}.npy`, limit + LONGEST_HEADER);
  if (found) return decodeNpy(found, `${file}, array "${name}"`);
  throw new UserError(`${file} holds no array "${name}"; delete it and get it again`);
}

function unzip(
  bytes: Uint8Array,
  file: string,
  wanted: string,
  limit: number,
): Uint8Array | undefined {
  const isWanted = ({ name, originalSize }: UnzipFileInfo) => {
    if (name !== wanted) return false;
    // The library makes no more of it than that, whatever comes out.
    if (originalSize <= limit) return true;
    throw new UserError(
      `${file} is damaged: its ${wanted} has ${originalSize} bytes, but may have ${limit} at most; ` +
        `delete it and get it again`,
    );
  };
  try {
    return unzipSync(bytes, { filter: isWanted })[wanted];
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `${file} is damaged: it is not a whole npz file (${(error as Error).message}); ` +
        `delete it and get it again`,
      { cause: error },
    );
  }
}
