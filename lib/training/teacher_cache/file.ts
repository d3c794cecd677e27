import { sha256 } from "../../files/sha256.ts";
import { writeAllSync } from "../../files/write_all.ts";
import { canonicalJson } from "../run_specification.ts";
import { diskUse } from "./folder.ts";
import type { TeacherLogitKey } from "./key.ts";

/** The block size of most file systems, so that entries share no block with the header */
const HEADER_BYTES = 4096;

/**
 * A file of logits in numbered slots. A header holds the whole key as JSON. Slot k, at
 * `HEADER_BYTES + k · entry`, holds a 32-bit checksum and the logits of one image as float32, in this
 * machine's byte order. Most slots are holes, which take no room on disk.
 *
 * Several processes may write at once. The checksum covers the key and the number of the slot, so a
 * hole, a torn write, damage or another key's entry reads as "missing".
 *
 * @throws the operating system's errors, from every method
 */
export class TeacherLogitFile {
  readonly #file: Deno.FsFile;
  readonly #seed: number;
  /** One entry */
  readonly #bytes: Uint8Array;
  /** The same memory as numbers */
  readonly #words: Uint32Array;
  /** The logits in the same memory */
  readonly logits: Float32Array;

  /** Opens a file or creates it; empties it if its header is damaged or belongs to another key. */
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

  /** Reads an entry into `logits`; false if it is missing. */
  read(slot: number): boolean {
    this.#seek(slot);
    return this.#file.readSync(this.#bytes) === this.#bytes.length &&
      this.#words[0] === this.#checksum(slot);
  }

  /** True if the last read entry holds these logits, bit for bit. */
  holds(logits: Float32Array): boolean {
    const bits = new Uint32Array(logits.buffer, logits.byteOffset, logits.length);
    return bits.every((word, i) => word === this.#words[1 + i]);
  }

  /** Writes `logits` as an entry. */
  write(slot: number): void {
    this.#words[0] = this.#checksum(slot);
    this.#seek(slot);
    writeAllSync(this.#file, this.#bytes);
  }

  /** Computes an upper bound of the file's bytes on disk with `entries` more entries. */
  diskUseAfter(entries: number): number {
    const info = this.#file.statSync();
    return diskUse(info) + entries * (this.#bytes.length + (info.blksize ?? HEADER_BYTES));
  }

  /** Deletes every entry. */
  clear(): void {
    this.#file.truncateSync(HEADER_BYTES);
  }

  close(): void {
    this.#file.close();
  }

  /** Writes the header if it is missing; two processes at once write the same bytes. */
  #begin(header: Uint8Array): void {
    const found = new Uint8Array(HEADER_BYTES);
    const length = this.#file.readSync(found);
    if (length === HEADER_BYTES && found.every((byte, i) => byte === header[i])) return;
    if (length !== null) this.#file.truncateSync(0);
    this.#file.seekSync(0, Deno.SeekMode.Start);
    writeAllSync(this.#file, header);
  }

  #seek(slot: number): void {
    this.#file.seekSync(HEADER_BYTES + slot * this.#bytes.length, Deno.SeekMode.Start);
  }

  /**
   * Computes the checksum of the entry in memory. It is never 0, the checksum of a hole. Each step is a
   * bijection, so one changed number always changes it.
   */
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
