/** A piece of memory that stays where it is. */
export interface Block {
  readonly buffer: ArrayBuffer;
  /** Where it starts in the buffer; its address is a multiple of 64. */
  readonly offset: number;
  /** How much may be used. */
  readonly bytes: number;
  readonly pointer: Deno.PointerValue;
}

const ALIGNMENT = 64;
const CHUNK = 16 * 2 ** 20;

/**
 * Memory for tensors that oneDNN reads and writes. What is released is kept, by size, for the next of
 * that size: training asks for the same sizes again and again, so in a steady state nothing is
 * allocated, and nothing that a primitive points to is moved or freed by the garbage collector.
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

  /** A block that begins with these values, as float32 whatever they are in. */
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

  /** Whether memory is of this arena, and so will be used again for something else. */
  owns(buffer: ArrayBufferLike): boolean {
    return this.#buffers.has(buffer);
  }

  /** Bytes in blocks that are in use, and bytes reserved from the system. */
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

/** The first numbers in a block, not a copy. */
export function floatsIn({ buffer, offset }: Block, count: number): Float32Array<ArrayBuffer> {
  return new Float32Array(buffer, offset, count);
}

/** Four sizes to each power of two: at most a quarter is wasted, and there are few free lists. */
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
