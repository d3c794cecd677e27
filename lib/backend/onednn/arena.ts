/** An address in memory. */
export type Pointer = Deno.PointerValue;

/** A piece of memory with a fixed address. */
export interface Block {
  readonly buffer: ArrayBuffer;
  /** The position in the buffer; the address is a multiple of 64. */
  readonly offset: number;
  readonly bytes: number;
  readonly pointer: Pointer;
}

const ALIGNMENT = 64;
const CHUNK = 16 * 2 ** 20;

/**
 * Memory for tensors that oneDNN reads and writes. A released block is kept for the next request of
 * its size. Training requests the same sizes again and again, so it soon allocates nothing new. The
 * garbage collector never moves or frees memory that a primitive points to.
 */
export class Arena {
  readonly #free = new Map<number, Block[]>();
  readonly #buffers = new Set<ArrayBufferLike>();
  #chunk: { buffer: ArrayBuffer; used: number } | undefined;
  #reserved = 0;
  #inUse = 0;

  allocate(bytes: number): Block {
    const size = sizeClass(bytes);
    this.#inUse += size;
    return this.#free.get(size)?.pop() ?? this.#reserve(size);
  }

  /** Allocates a block that begins with these values as float32. */
  copyOf(values: ArrayLike<number>): Block {
    const block = this.allocate(4 * values.length);
    floatsIn(block, values.length).set(values);
    return block;
  }

  release(block: Block): void {
    this.#inUse -= block.bytes;
    const free = this.#free.get(block.bytes);
    if (free) free.push(block);
    else this.#free.set(block.bytes, [block]);
  }

  /** True if a buffer belongs to this arena, so that its memory will be reused. */
  owns(buffer: ArrayBufferLike): boolean {
    return this.#buffers.has(buffer);
  }

  /** The bytes in blocks that are in use, and the bytes reserved from the system. */
  get usage(): { readonly inUse: number; readonly reserved: number } {
    return { inUse: this.#inUse, reserved: this.#reserved };
  }

  #reserve(size: number): Block {
    if (size > CHUNK / 4) return blockAt(this.#newBuffer(size), 0, size);
    if (!this.#chunk || this.#chunk.used + size > CHUNK) {
      this.#chunk = { buffer: this.#newBuffer(CHUNK), used: 0 };
    }
    const block = blockAt(this.#chunk.buffer, this.#chunk.used, size);
    this.#chunk.used += size;
    return block;
  }

  #newBuffer(bytes: number): ArrayBuffer {
    const buffer = new ArrayBuffer(bytes + ALIGNMENT);
    this.#buffers.add(buffer);
    this.#reserved += bytes;
    return buffer;
  }
}

/** Returns a view of the first numbers in a block. */
export function floatsIn({ buffer, offset }: Block, count: number): Float32Array<ArrayBuffer> {
  return new Float32Array(buffer, offset, count);
}

/** Rounds up to four sizes for each power of two: few free lists, at most a quarter wasted. */
function sizeClass(bytes: number): number {
  const step = Math.max(2 ** (Math.floor(Math.log2(Math.max(bytes, 1))) - 2), ALIGNMENT);
  return Math.max(Math.ceil(bytes / step), 1) * step;
}

function blockAt(buffer: ArrayBuffer, from: number, bytes: number): Block {
  const start = Deno.UnsafePointer.value(Deno.UnsafePointer.of(new Uint8Array(buffer)));
  const shift = Number((BigInt(ALIGNMENT) - start % BigInt(ALIGNMENT)) % BigInt(ALIGNMENT));
  const offset = from + shift;
  const pointer = Deno.UnsafePointer.create(start + BigInt(offset));
  return { buffer, offset, bytes, pointer };
}

/** Moves a pointer by so many bytes. */
export function offset(pointer: Pointer, bytes: number): Pointer {
  return bytes === 0 ? pointer : Deno.UnsafePointer.offset(pointer!, bytes);
}
