import { UserError } from "../user_error.ts";

/** A tensor as it lies in a file: C order, little-endian. */
export type StoredTensor =
  | { readonly dtype: "F32"; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: "I32"; readonly shape: readonly number[]; readonly data: Int32Array }
  | { readonly dtype: "U8"; readonly shape: readonly number[]; readonly data: Uint8Array };

/** The content of a safetensors file: named tensors and text metadata. */
export interface Safetensors {
  readonly tensors: Map<string, StoredTensor>;
  readonly metadata: Record<string, string>;
}

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: number[];
  readonly data_offsets: [number, number];
}

const viewers = { F32: Float32Array, I32: Int32Array, U8: Uint8Array } as const;

/**
 * Reads the safetensors format: 8 bytes of header length, a JSON header, the data.
 *
 * @param bytes the whole file
 * @param file its name, for error texts
 * @throws UserError if it is truncated, not of this format, or holds another dtype
 */
export function decodeSafetensors(bytes: Uint8Array, file: string): Safetensors {
  const damaged = (why: string) =>
    new UserError(`${file} is not a whole safetensors file: ${why}; get it again`);
  if (bytes.length < 8) throw damaged(`it has ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = Number(view.getBigUint64(0, true));
  const body = 8 + headerLength;
  if (body > bytes.length) {
    throw damaged(`its header says it is ${headerLength} bytes long, but the file ends before`);
  }
  const header = parseHeader(bytes.subarray(8, body), damaged);
  const { __metadata__: metadata = {}, ...entries } = header;
  const tensors = new Map<string, StoredTensor>();
  let end = body;
  for (const [name, entry] of Object.entries(entries as Record<string, HeaderEntry>)) {
    const { dtype, shape, data_offsets: [from, to] } = entry;
    if (!Object.hasOwn(viewers, dtype)) {
      throw new UserError(
        `${file}: tensor "${name}" is of type ${dtype}; only ${Object.keys(viewers)} are read here`,
      );
    }
    const Viewer = viewers[dtype as keyof typeof viewers];
    const count = shape.reduce((product, size) => product * size, 1);
    if (to - from !== count * Viewer.BYTES_PER_ELEMENT) {
      throw damaged(`tensor "${name}" of shape [${shape}] has ${to - from} bytes`);
    }
    if (body + to > bytes.length) {
      throw damaged(`tensor "${name}" ends at byte ${body + to}, the file at ${bytes.length}`);
    }
    // A copy, since the data need not be aligned in the file.
    const data = new Viewer(bytes.slice(body + from, body + to).buffer);
    tensors.set(name, { dtype, shape, data } as StoredTensor);
    end = Math.max(end, body + to);
  }
  if (end !== bytes.length) throw damaged(`${bytes.length - end} bytes follow its last tensor`);
  return { tensors, metadata: metadata as Record<string, string> };
}

function parseHeader(
  bytes: Uint8Array,
  damaged: (why: string) => UserError,
): Record<string, unknown> {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw damaged("its header is not JSON");
  }
}

/** Writes the safetensors format; the header is padded so that the data is aligned to 8 bytes. */
export function encodeSafetensors({ tensors, metadata }: Safetensors): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, { dtype, shape, data }] of tensors) {
    header[name] = { dtype, shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const headerLength = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerLength + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.fill(0x20, 8, 8 + headerLength);
  bytes.set(text, 8);
  let at = 8 + headerLength;
  for (const { data } of tensors.values()) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}
