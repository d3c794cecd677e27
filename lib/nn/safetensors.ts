import { printable } from "../files/printable.ts";
import { isRecord } from "../is_record.ts";
import { UserError } from "../user_error.ts";

/** A tensor in a file: C order, little-endian. */
export type StoredTensor =
  | { readonly dtype: "F32"; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: "I32"; readonly shape: readonly number[]; readonly data: Int32Array }
  | { readonly dtype: "U8"; readonly shape: readonly number[]; readonly data: Uint8Array };

/** The content of a safetensors file: named tensors and text metadata. */
export interface Safetensors {
  readonly tensors: Map<string, StoredTensor>;
  readonly metadata: Record<string, string>;
}

/** A tensor's name with its entry in the header. */
type Entry = [name: string, HeaderEntry];

interface HeaderEntry {
  readonly dtype: keyof typeof viewers | "I64";
  readonly shape: number[];
  readonly data_offsets: [number, number];
}

const viewers = { F32: Float32Array, I32: Int32Array, U8: Uint8Array } as const;

/** True for PyTorch's count of the batches that made running statistics, which nothing here needs. */
export function isBatchCount(name: string): boolean {
  return name.endsWith(".num_batches_tracked");
}

/**
 * Reads the safetensors format: 8 bytes of header length, a JSON header, the data. Leaves out PyTorch's
 * counts of batches.
 *
 * @param bytes the whole file
 * @param file its name, for error messages
 * @throws UserError naming the file, and the tensor if one is at fault: if the file is truncated,
 *   has another format or dtype, or its tensors overlap or leave gaps
 */
export function decodeSafetensors(bytes: Uint8Array, file: string): Safetensors {
  const damaged = (why: string) =>
    new UserError(`${file} is not a whole safetensors file: ${printable(why)}; get it again`);
  if (bytes.length < 8) throw damaged(`it has ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = Number(view.getBigUint64(0, true));
  const body = 8 + headerLength;
  if (body > bytes.length) {
    throw damaged(`its header says it is ${headerLength} bytes long, but the file ends before`);
  }
  const { metadata, entries } = parseHeader(bytes.subarray(8, body), damaged);
  let end = 0;
  for (const [name, { dtype, shape, data_offsets: [from, to] }] of entries.toSorted(byPlace)) {
    const isLeftOut = dtype === "I64" && isBatchCount(name);
    if (!isLeftOut && !Object.hasOwn(viewers, dtype)) {
      throw new UserError(
        `${file}: tensor "${printable(name)}" is of type ${printable(dtype)}; only ` +
          `${Object.keys(viewers)} are read here`,
      );
    }
    const count = shape.reduce((product, size) => product * size, 1);
    const size = dtype === "I64" ? 8 : viewers[dtype].BYTES_PER_ELEMENT;
    if (to - from !== count * size) {
      throw damaged(`tensor "${name}" of shape [${shape}] has ${to - from} bytes`);
    }
    if (from !== end) {
      throw damaged(`tensor "${name}" begins at byte ${from} of the data instead of ${end}`);
    }
    if (body + to > bytes.length) {
      throw damaged(`tensor "${name}" ends at byte ${body + to}, the file at ${bytes.length}`);
    }
    end = to;
  }
  if (body + end !== bytes.length) {
    throw damaged(`${bytes.length - body - end} bytes follow its last tensor`);
  }
  const tensors = new Map<string, StoredTensor>();
  for (const [name, { dtype, shape, data_offsets: [from, to] }] of entries) {
    if (dtype === "I64") continue;
    // A copy, since the data need not be aligned in the file.
    const data = new viewers[dtype](bytes.slice(body + from, body + to).buffer);
    tensors.set(name, { dtype, shape, data } as StoredTensor);
  }
  return { tensors, metadata };
}

function byPlace([, { data_offsets: a }]: Entry, [, { data_offsets: b }]: Entry): number {
  return a[0] - b[0] || a[1] - b[1];
}

/** Reads the header's metadata and entries, and checks their form. */
function parseHeader(
  bytes: Uint8Array,
  damaged: (why: string) => UserError,
): { metadata: Record<string, string>; entries: Entry[] } {
  const text = new TextDecoder().decode(bytes);
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    throw damaged("its header is not JSON");
  }
  if (!isRecord(header)) throw damaged("its header is not a JSON object");
  const twice = repeatedKey(text);
  if (twice !== undefined) throw damaged(`its header has "${twice}" twice`);
  const { __metadata__: metadata = {}, ...others } = header;
  if (!isRecord(metadata) || !Object.values(metadata).every((value) => typeof value === "string")) {
    throw damaged("its metadata are not texts");
  }
  const entries = Object.entries(others);
  for (const [name, entry] of entries) {
    if (!isEntry(entry)) {
      throw damaged(
        `tensor "${name}" has no type, or no shape and two offsets of whole numbers from 0 on`,
      );
    }
  }
  return { metadata: metadata as Record<string, string>, entries: entries as Entry[] };
}

function isEntry(entry: unknown): entry is HeaderEntry {
  const isCounts = (list: unknown) =>
    Array.isArray(list) && list.every((count) => Number.isSafeInteger(count) && count >= 0);
  return isRecord(entry) && typeof entry.dtype === "string" && isCounts(entry.shape) &&
    isCounts(entry.data_offsets) && (entry.data_offsets as number[]).length === 2;
}

/** Finds the first key that a JSON object has twice; `JSON.parse` silently keeps the last. */
function repeatedKey(json: string): string | undefined {
  const keys = new Set<string>();
  let depth = 0;
  for (const [token, text, colon] of json.matchAll(STRINGS_AND_BRACKETS)) {
    if (token === "{" || token === "[") depth++;
    else if (token === "}" || token === "]") depth--;
    else if (depth === 1 && colon !== undefined) {
      const key = JSON.parse(text);
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
}

/** A string with the colon that makes it a key, or a bracket. */
const STRINGS_AND_BRACKETS = /("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|[{}[\]]/g;

/** Writes the safetensors format, and pads the header so that the data is aligned to 8 bytes. */
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
