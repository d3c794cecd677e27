import type * as tf from "@tensorflow/tfjs";
import type { Block } from "../arena.ts";
import { BYTES, type DataType } from "../constants.ts";
import type { OnednnBackend } from "../onednn_backend.ts";
import { sizeOf } from "../memory_layout.ts";

/** A feature map in the type of its pass. */
export interface FeatureMap {
  readonly shape: readonly [n: number, h: number, w: number, c: number];
  readonly pointer: Deno.PointerValue;
}

/** The memory of a training pass: its parameters, and the blocks it keeps for the way back. */
export class PassMemory {
  readonly backend: OnednnBackend;
  /** The type of feature maps and their gradients. */
  readonly type: DataType;
  /** The places of the parameters at the start: an assignment gives a variable other memory. */
  readonly #parameters: ReadonlyMap<string, tf.TensorInfo>;
  readonly #kept: Block[] = [];

  constructor(
    backend: OnednnBackend,
    type: DataType,
    parameters: ReadonlyMap<string, tf.Tensor>,
  ) {
    this.backend = backend;
    this.type = type;
    this.#parameters = new Map(
      [...parameters].map(([name, { dataId, shape, dtype }]) => [name, { dataId, shape, dtype }]),
    );
  }

  /** The address of a parameter, float32. */
  parameter(name: string): Deno.PointerValue {
    return this.backend.pointer(this.#parameters.get(name)!);
  }

  shapeOf(name: string): number[] {
    return this.#parameters.get(name)!.shape;
  }

  /** Allocates a map, which the caller releases or keeps. */
  map(shape: readonly number[]): Block {
    return this.backend.arena.allocate(BYTES[this.type] * sizeOf(shape));
  }

  /** Keeps a block until the pass is over. */
  keep(block: Block): Deno.PointerValue {
    this.#kept.push(block);
    return block.pointer;
  }

  /** Frees a block that was not kept. */
  release(block: Block): void {
    this.backend.arena.release(block);
  }

  get isOver(): boolean {
    return this.#kept.length === 0;
  }

  /** Ends the pass. */
  releaseAll(): void {
    for (const block of this.#kept.splice(0)) this.release(block);
  }
}
