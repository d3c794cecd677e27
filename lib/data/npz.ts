import { type UnzipFileInfo, unzipSync } from "fflate";
import { damagedFile } from "./damaged_file.ts";
import { UserError } from "../user_error.ts";

/** Longest header of version 1 of the format in bytes, enough for any shape. */
const LONGEST_HEADER = 1 << 16;

/**
 * Reads one array of an npz file, NumPy's zip of npy files. `np.savez` stores them uncompressed,
 * `np.savez_compressed` deflates them.
 *
 * @param file the file's name for error messages
 * @param limit the most bytes that the values may have
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
    // The library decompresses at most this size.
    if (originalSize <= limit) return true;
    throw damagedFile(
      file,
      `its ${wanted} has ${originalSize} bytes, but may have ${limit} at most`,
    );
  };
  try {
    return unzipSync(bytes, { filter: isWanted })[wanted];
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { message } = error as Error;
    throw damagedFile(file, `it is not a whole npz file (${message})`, { cause: error });
  }
}

/** Whole numbers as NumPy stores them. */
type NpyNumbers =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array;

/** A NumPy array. */
interface NpyArray {
  readonly shape: readonly number[];
  /** Row-major; a view into the file if the values are bytes. */
  readonly data: NpyNumbers;
}

const TYPES = {
  "|u1": Uint8Array,
  "|i1": Int8Array,
  "<u2": Uint16Array,
  "<i2": Int16Array,
  "<u4": Uint32Array,
  "<i4": Int32Array,
  "<u8": BigUint64Array,
  "<i8": BigInt64Array,
};

/** "\x93NUMPY" */
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/**
 * Reads an npy file of whole numbers: a magic text, the version of the format, the length of the
 * header, the header (a dictionary in Python's notation), and the values
 * (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
 *
 * @param file the file's name for error messages
 * @throws UserError naming the file and what is wrong with it
 */
export function decodeNpy(bytes: Uint8Array, file: string): NpyArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || MAGIC.some((byte, k) => bytes[k] !== byte)) {
    throw damagedFile(file, "it does not start like an npy file");
  }
  // Version 1 has a header of up to 64 KiB, later versions of up to 4 GiB.
  const [length, start] = bytes[6] === 1
    ? [view.getUint16(8, true), 10]
    : [view.getUint32(8, true), 12];
  const header = new TextDecoder().decode(bytes.subarray(start, start + length));
  const [, type] = /'descr': *'([^']*)'/.exec(header) ?? [];
  const [, order] = /'fortran_order': *(True|False)/.exec(header) ?? [];
  const [, sizes] = /'shape': *\(([\d, ]*)\)/.exec(header) ?? [];
  if (type === undefined || order === undefined || sizes === undefined) {
    throw damagedFile(file, "its header does not give type, order and shape of an array");
  }
  if (!Object.hasOwn(TYPES, type) || order === "True") {
    const actual = `"${type}" in ${order === "True" ? "Fortran" : "C"} order`;
    throw damagedFile(
      file,
      `its values are ${actual}, but must be whole numbers (${Object.keys(TYPES).join(", ")}) in ` +
        `C order`,
    );
  }
  const shape = sizes.split(",").filter((size) => size.trim() !== "").map(Number);
  const Numbers = TYPES[type as keyof typeof TYPES];
  const count = shape.reduce((product, size) => product * size, 1);
  const values = bytes.subarray(start + length);
  if (values.length !== count * Numbers.BYTES_PER_ELEMENT) {
    throw damagedFile(
      file,
      `it has ${values.length} bytes of values, but its shape [${shape.join(", ")}] and type ` +
        `"${type}" need ${count * Numbers.BYTES_PER_ELEMENT}`,
    );
  }
  // Larger numbers must be aligned to their size; a copy is.
  const data = Numbers === Uint8Array ? values : new Numbers(values.slice().buffer);
  return { shape, data };
}
