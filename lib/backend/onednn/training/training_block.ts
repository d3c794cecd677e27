import type * as tf from "@tensorflow/tfjs";
import type { Block } from "../arena.ts";
import { addition, relu, reluGradient } from "../elementwise.ts";
import { type FeatureMap, type PassMemory } from "./pass_memory.ts";
import { TrainingLayer } from "./training_layer.ts";
import { addShortcut, addShortcutGradient } from "./training_steps.ts";
import type { BlockShape } from "../../../nn/architecture.ts";
import { sizeOf } from "../memory_layout.ts";

/** A residual block of a training pass. */
export class TrainingBlock {
  readonly output: FeatureMap;
  readonly layers: readonly [first: TrainingLayer, second: TrainingLayer];
  readonly #memory: PassMemory;
  readonly #input: FeatureMap;

  /** Runs the forward pass. */
  constructor(memory: PassMemory, shape: BlockShape, input: FeatureMap, epsilon: number) {
    const { backend, type } = memory;
    const { name, stride } = shape;
    const layer = (number: 1 | 2, from: FeatureMap) =>
      new TrainingLayer(memory, {
        convolution: `${name}.conv${number}`,
        norm: `${name}.bn${number}`,
        stride: number === 1 ? stride : 1,
        relu: number === 1,
        epsilon,
      }, from);
    const first = layer(1, input);
    const second = layer(2, first.output);
    this.#memory = memory;
    this.#input = input;
    this.layers = [first, second];
    this.output = second.output;
    const { shape: outShape, pointer } = second.output;
    const size = sizeOf(outShape);
    if (stride === 1) {
      addition(backend, size, true, type).execute(pointer, input.pointer, pointer);
    } else {
      addShortcut(backend, input, second.output, type);
      relu(backend, size, type).execute(pointer, pointer);
    }
  }

  /**
   * Goes back, and adds the gradients of its parameters to `gradients`.
   *
   * @param gradient of the output; it is released
   * @param others the known part of the input's gradient; it is released
   * @returns the gradient of the input, which the caller releases
   */
  back(gradient: Block, others: Block | undefined, gradients: Map<string, tf.Tensor>): Block {
    const memory = this.#memory;
    const { backend, type } = memory;
    const [first, second] = this.layers;
    const { shape, pointer } = this.output;
    const size = sizeOf(shape);
    reluGradient(backend, size, type).execute(pointer, gradient.pointer, gradient.pointer);
    const dConvolved = memory.map(shape);
    const dInner = memory.map(shape);
    second.back(gradient.pointer, dConvolved.pointer, gradients, dInner.pointer);
    memory.release(dConvolved);
    const dInput = memory.map(this.#input.shape);
    first.back(dInner.pointer, dInner.pointer, gradients, dInput.pointer);
    memory.release(dInner);

    // The shortcut's part goes to the known part first, as in automatic differentiation.
    const sum = (others ?? dInput).pointer;
    if (first.stride === 1) {
      addition(backend, size, false, type).execute(sum, gradient.pointer, sum);
    } else {
      const large = { shape: this.#input.shape, pointer: sum };
      addShortcutGradient(backend, { shape, pointer: gradient.pointer }, large, type);
    }
    memory.release(gradient);
    return others ? addBlocks(memory, dInput, others, sizeOf(this.#input.shape)) : dInput;
  }
}

/** Adds the second block to the first and releases it. */
export function addBlocks(memory: PassMemory, first: Block, second: Block, size: number): Block {
  addition(memory.backend, size, false, memory.type)
    .execute(first.pointer, second.pointer, first.pointer);
  memory.release(second);
  return first;
}
