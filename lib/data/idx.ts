import { gunzipSync } from "node:zlib";
import { damagedFile } from "./damaged_file.ts";

const UNSIGNED_BYTE = 0x08;

/**
 * Decompresses a gzip file.
 *
 * @param limit the most bytes that the file may have uncompressed
 * @throws UserError naming the file if it is damaged or truncated, or exceeds the limit
 */
export function gunzip(compressed: Uint8Array, file: string, limit: number): Uint8Array {
  try {
    return gunzipSync(compressed, { maxOutputLength: limit });
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    const why = code === "ERR_BUFFER_TOO_LARGE"
      ? `it holds more than ${limit} bytes uncompressed`
      : `it cannot be decompressed (${message})`;
    throw damagedFile(file, why);
  }
}

/**
 * Reads an idx file of unsigned bytes, the layout of MNIST (http://yann.lecun.com/exdb/mnist). It
 * holds a magic number with the type and the number of dimensions, the dimensions, and the values
 * in row-major order.
 *
 * @param bytes the file, uncompressed
 * @param shape the expected dimensions; null allows any size
 * @returns the values, a view into `bytes`
 * @throws UserError naming the file and what is wrong with it
 */
export function decodeIdx(
  bytes: Uint8Array,
  file: string,
  shape: readonly (number | null)[],
): Uint8Array {
  const header = 4 + 4 * shape.length;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < header || view.getUint32(0) !== magicNumber(shape.length)) {
    throw damagedFile(
      file,
      `it does not start like an idx file of bytes in ${shape.length} dimensions`,
    );
  }
  const sizes = shape.map((_, axis) => view.getUint32(4 + 4 * axis));
  if (shape.some((size, axis) => size !== null && size !== sizes[axis])) {
    const wanted = shape.map((size) => size ?? "any");
    throw damagedFile(file, `its dimensions are [${sizes.join(", ")}], not [${wanted.join(", ")}]`);
  }
  const expected = header + sizes.reduce((product, size) => product * size, 1);
  if (bytes.length !== expected) {
    throw damagedFile(
      file,
      `it has ${bytes.length} bytes uncompressed, but its dimensions [${sizes.join(", ")}] ` +
        `need ${expected}`,
    );
  }
  return bytes.subarray(header);
}

/** Writes an idx file that `decodeIdx` can read. */
export function encodeIdx(data: Uint8Array, shape: readonly number[]): Uint8Array {
  const header = 4 + 4 * shape.length;
  const bytes = new Uint8Array(header + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, magicNumber(shape.length));
  shape.forEach((size, axis) => view.setUint32(4 + 4 * axis, size));
  bytes.set(data, header);
  return bytes;
}

function magicNumber(dimensions: number): number {
  return UNSIGNED_BYTE << 8 | dimensions;
}
