import { gunzipSync } from "node:zlib";
import { UserError } from "../user_error.ts";

const UNSIGNED_BYTE = 0x08;

/**
 * Reads a gzip-compressed idx file of unsigned bytes, the layout of MNIST.
 *
 * @param shape what its dimensions must be; null where any size will do
 * @throws UserError naming the file and what is wrong with it
 */
export function decodeIdx(
  compressed: Uint8Array,
  file: string,
  shape: readonly (number | null)[],
): Uint8Array {
  const wrong = (why: string) =>
    new UserError(`${file} is damaged: ${why}; delete it and get it again`);
  let bytes: Uint8Array;
  try {
    bytes = gunzipSync(compressed);
  } catch (error) {
    throw wrong(`it cannot be decompressed (${(error as Error).message})`);
  }
  const header = 4 + 4 * shape.length;
  if (bytes.length < header || bytes[2] !== UNSIGNED_BYTE || bytes[3] !== shape.length) {
    throw wrong(`it is not an idx file of bytes with ${shape.length} dimensions`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sizes = shape.map((_, axis) => view.getUint32(4 + 4 * axis));
  if (shape.some((size, axis) => size !== null && size !== sizes[axis])) {
    throw wrong(`its dimensions are [${sizes}], not [${shape.map((size) => size ?? "any")}]`);
  }
  const expected = header + sizes.reduce((product, size) => product * size, 1);
  if (bytes.length !== expected) {
    throw wrong(`it is truncated: ${bytes.length} bytes uncompressed, not ${expected}`);
  }
  return bytes.subarray(header);
}

/** Writes what `decodeIdx` reads, uncompressed. */
export function encodeIdx(data: Uint8Array, shape: readonly number[]): Uint8Array {
  const header = 4 + 4 * shape.length;
  const bytes = new Uint8Array(header + data.length);
  bytes.set([0, 0, UNSIGNED_BYTE, shape.length]);
  const view = new DataView(bytes.buffer);
  shape.forEach((size, axis) => view.setUint32(4 + 4 * axis, size));
  bytes.set(data, header);
  return bytes;
}
