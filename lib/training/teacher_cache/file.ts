import { sha256 } from "../../files/sha256.ts";
import { canonicalJson } from "../run_specification.ts";
import { diskUse } from "./folder.ts";
import type { TeacherLogitKey } from "./key.ts";

/** A block of most file systems, so that entries do not share one with the header. */
const HEADER_BYTES = 4096;

/**
 * A file of logits in numbered slots: a header with the whole key as JSON, then in slot k, at
 * `HEADER_BYTES + k · entry`, a 32-bit checksum and the logits of one image as float32, both in this
 * machine's byte order. Most slots are holes, which take no room on disk.
 *
 * Several processes may write at once. The checksum covers the key and the number of the slot, so that
 * a hole, a torn write, damage or another key's entry reads as "not there".
 *
 * @throws whatever the operating system does, from every method
 */
export class TeacherLogitFile {
  readonly #file: Deno.FsFile;
  readonly #seed: number;
  /** One entry, as bytes, as numbers, and the logits in it. */
  readonly #bytes: Uint8Array;
  readonly #words: Uint32Array;
  readonly logits: Float32Array;

  /** Opens a file, or begins it: afresh if its header is damaged or of another key. */
  constructor(path: string, key: TeacherLogitKey) {
    const text = canonicalJson(key);
    this.#seed = Number.parseInt(sha256(text).slice(0, 8), 16);
    this.#bytes = new Uint8Array(4 * (1 + key.classes));
    this.#words = new Uint32Array(this.#bytes.buffer);
    this.logits = new Float32Array(this.#bytes.buffer, 4);
    this.#file = Deno.openSync(path, { read: true, write: true, create: true });
    try {
      this.#begin(new TextEncoder().encode(text.padEnd(HEADER_BYTES)));
      // Reading leaves no trace; the least recently used caches are deleted first.
      this.#file.utimeSync(new Date(), new Date());
    } catch (error) {
      this.#file.close();
      throw error;
    }
  }

  /** Reads an entry into `logits`; false if it is not there. */
  read(slot: number): boolean {
    this.#seek(slot);
    return this.#file.readSync(this.#bytes) === this.#bytes.length &&
      this.#words[0] === this.#checksum(slot);
  }

  /** Whether the entry that was read last is this one, bit for bit. */
  holds(logits: Float32Array): boolean {
    const bits = new Uint32Array(logits.buffer, logits.byteOffset, logits.length);
    return bits.every((word, i) => word === this.#words[1 + i]);
  }

  /** Writes `logits` as an entry. */
  write(slot: number): void {
    this.#words[0] = this.#checksum(slot);
    this.#seek(slot);
    writeAll(this.#file, this.#bytes);
  }

  /** At most what the file takes on disk once so many more entries are in it, in bytes. */
  diskUseAfter(entries: number): number {
    const info = this.#file.statSync();
    return diskUse(info) + entries * (this.#bytes.length + (info.blksize ?? HEADER_BYTES));
  }

  /** Takes out every entry. */
  clear(): void {
    this.#file.truncateSync(HEADER_BYTES);
  }

  close(): void {
    this.#file.close();
  }

  /** Two processes that begin a file at once write the same bytes. */
  #begin(header: Uint8Array): void {
    const found = new Uint8Array(HEADER_BYTES);
    const length = this.#file.readSync(found);
    if (length === HEADER_BYTES && found.every((byte, i) => byte === header[i])) return;
    if (length !== null) this.#file.truncateSync(0);
    this.#file.seekSync(0, Deno.SeekMode.Start);
    writeAll(this.#file, header);
  }

  #seek(slot: number): void {
    this.#file.seekSync(HEADER_BYTES + slot * this.#bytes.length, Deno.SeekMode.Start);
  }

  /** Never 0, which a hole reads as. Each step is a bijection: one changed number always shows. */
  #checksum(slot: number): number {
    let hash = mix(this.#seed, slot);
    for (let i = 1; i < this.#words.length; i++) hash = mix(hash, this.#words[i]);
    return hash >>> 0 || 1;
  }
}

function mix(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x9e3779b1);
  return product ^ (product >>> 15);
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}
