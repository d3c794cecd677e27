import type * as tf from "@tensorflow/tfjs";
import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import { Arena, type Block, floatsIn } from "./arena.ts";
import type { Library } from "./open_library.ts";
import { BYTES, DataType } from "./constants.ts";
import { sizeOf } from "./memory_layout.ts";
import { Primitive, type PrimitiveRecipe } from "./primitive.ts";
import { supportsBfloat16 } from "./supports_bfloat16.ts";
import type { Precision } from "../../nn/precision.ts";

type DataId = tf.DataId;
type Values = Parameters<MathBackendCPU["write"]>[0];

/** A tensor's values, on the JavaScript heap or in a block of the arena. */
type Stored = ReturnType<MathBackendCPU["data"]["get"]> & {
  block?: Block;
  /** A block that is released with the tensor. */
  attached?: Block;
  whenDisposed?: () => void;
};

/** The number of prepared objects to keep: more than any network here needs. */
const KEPT = 2000;

/**
 * A backend with its float32 tensors in memory that oneDNN can use. Every kernel of
 * tfjs-backend-cpu works on it: those read typed arrays, and a view of a block is one.
 */
export class OnednnBackend extends MathBackendCPU {
  readonly dnnl: Library;
  readonly arena = new Arena();
  readonly #prepared = new Map<string, object>();
  readonly #constants = new Map<string, Block>();
  #scratchpad: Block | undefined;

  readonly precisions: readonly Precision[];

  constructor(library: Library) {
    super();
    this.dnnl = library;
    this.precisions = supportsBfloat16(library) ? ["f32", "bf16"] : ["f32"];
  }

  /**
   * Returns the object prepared for a key, and makes it at first use.
   *
   * @param key must contain everything that the object depends on, its type included
   */
  prepared<T extends object>(key: string, make: () => T): T {
    let prepared = this.#prepared.get(key) as T | undefined;
    if (prepared) this.#prepared.delete(key);
    else prepared = make();
    this.#prepared.set(key, prepared);
    if (this.#prepared.size > KEPT) this.#prepared.delete(this.#prepared.keys().next().value!);
    return prepared;
  }

  /** Returns the primitive for a key, which must contain everything that its recipe depends on. */
  primitive(key: string, recipe: () => PrimitiveRecipe): Primitive {
    return this.prepared(key, () => new Primitive(this.dnnl, recipe(), this));
  }

  /** Returns memory that holds a number `count` times in a row, and is never released. */
  constant(value: number, count: number, type: DataType = DataType.f32): Deno.PointerValue {
    const key = `${value} ${count} ${type}`;
    let block = this.#constants.get(key);
    if (!block) {
      block = this.arena.allocate(BYTES[type] * count);
      if (type === DataType.f32) {
        floatsIn(block, count).fill(value);
      } else {
        // bfloat16 is the upper half of float32.
        const [bits] = new Uint32Array(Float32Array.of(value).buffer);
        new Uint16Array(block.buffer, block.offset, count).fill(bits >>> 16);
      }
      this.#constants.set(key, block);
    }
    return block.pointer;
  }

  /** Returns working memory for one call; primitives run one after the other and share it. */
  scratchpad(bytes: number): Deno.PointerValue {
    if (!this.#scratchpad || this.#scratchpad.bytes < bytes) {
      if (this.#scratchpad) this.arena.release(this.#scratchpad);
      this.#scratchpad = this.arena.allocate(bytes);
    }
    return this.#scratchpad.pointer;
  }

  /** Makes a float32 tensor of undefined content. */
  output(shape: number[]): { info: tf.TensorInfo; pointer: Deno.PointerValue } {
    const size = sizeOf(shape);
    const block = this.arena.allocate(4 * size);
    const info = this.makeTensorInfo(shape, "float32");
    const stored = this.#stored(info.dataId);
    stored.block = block;
    stored.values = floatsIn(block, size);
    return { info, pointer: block.pointer };
  }

  /** Returns the address of a float32 tensor's values; moves them into the arena if needed. */
  pointer({ dataId }: tf.TensorInfo): Deno.PointerValue {
    const stored = this.#stored(dataId);
    if (!stored.block) {
      // Values cast from integers or booleans may still be stored as those.
      const values = stored.values as ArrayLike<number>;
      stored.block = this.arena.copyOf(values);
      stored.values = floatsIn(stored.block, values.length);
    }
    return stored.block.pointer;
  }

  /** Returns the values of a tensor, not a copy: they are valid as long as the tensor. */
  values({ dataId }: tf.TensorInfo): Float32Array {
    return this.#stored(dataId).values as Float32Array;
  }

  /** Gives a block to a tensor, to be released with it. */
  attach({ dataId }: tf.TensorInfo, block: Block): void {
    this.#stored(dataId).attached = block;
  }

  attached({ dataId }: tf.TensorInfo): Block | undefined {
    return this.#stored(dataId).attached;
  }

  /** Runs an action when a tensor's values are freed. */
  whenDisposed({ dataId }: tf.TensorInfo, action: () => void): void {
    this.#stored(dataId).whenDisposed = action;
  }

  override write(values: Values, shape: number[], dtype: tf.DataType): DataId {
    return super.write(this.#ownValues(values), shape, dtype);
  }

  override move(...[id, values, ...rest]: Parameters<MathBackendCPU["move"]>): void {
    super.move(id, this.#ownValues(values), ...rest);
  }

  /** Copies the values: their block may be used again before they are read. */
  override readSync(dataId: DataId): ReturnType<MathBackendCPU["readSync"]> {
    const values = super.readSync(dataId);
    return this.#stored(dataId).block ? (values as Float32Array).slice() : values;
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const stored = this.data.has(dataId) ? this.#stored(dataId) : null;
    const gone = super.disposeData(dataId, force);
    if (gone && stored) {
      if (stored.block) this.arena.release(stored.block);
      if (stored.attached) this.arena.release(stored.attached);
      stored.whenDisposed?.();
    }
    return gone;
  }

  #stored(dataId: DataId): Stored {
    return this.data.get(dataId) as Stored;
  }

  /** Copies values that lie in the arena, since a kernel may pass on a part of its input. */
  #ownValues(values: Values): Values {
    const shared = values instanceof Float32Array && this.arena.owns(values.buffer);
    return shared ? values.slice() : values;
  }
}
