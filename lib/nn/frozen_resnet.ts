import * as tf from "@tensorflow/tfjs";
import type { FoldedConvolution } from "./fold_batch_norm.ts";
import { disposeFolded, type FoldedResNet } from "./folded_resnet.ts";
import { outputChannels, stageEnds } from "./architecture.ts";
import { FrozenOperations, inputGradient, masked } from "./frozen_operations.ts";
import { identityFilter } from "./shortcut.ts";

/** The outputs of all ReLUs in a forward pass, for the backward pass. */
interface Activations {
  readonly stem: tf.Tensor4D;
  readonly blocks: { readonly inner: tf.Tensor4D; readonly output: tf.Tensor4D }[];
}

/**
 * A frozen ResNet made of TensorFlow.js operations, for backends without a `freeze` of their own.
 * Bias and ReLU are fused.
 */
export class FrozenResNet extends FrozenOperations<Activations> {
  readonly classes: number;
  readonly featureChannels: readonly number[];
  readonly #folded: FoldedResNet;
  /** The option-A shortcut of each block as a filter; null for the identity. */
  readonly #shortcuts: (tf.Tensor4D | null)[];

  /** @param folded belongs to this object from now on */
  constructor(folded: FoldedResNet) {
    super();
    this.classes = folded.classes;
    this.featureChannels = outputChannels(folded.blocks.map(({ shape }) => shape));
    this.#folded = folded;
    this.#shortcuts = folded.blocks.map(({ shape }) =>
      shape.stride === 1 ? null : tf.tidy(() => identityFilter(shape.inChannels, shape.outChannels))
    );
  }

  dispose(): void {
    disposeFolded(this.#folded);
    tf.dispose(this.#shortcuts.flatMap((shortcut) => shortcut ?? []));
  }

  protected featuresOf({ blocks }: Activations): tf.Tensor4D[] {
    return stageEnds(this.#folded.blocks.map(({ shape }) => shape)).map((k) => blocks[k].output);
  }

  protected tensorsOf({ stem, blocks }: Activations): tf.Tensor[] {
    return [stem, ...blocks.flatMap(({ inner, output }) => [inner, output])];
  }

  protected run(images: tf.Tensor4D): { logits: tf.Tensor2D; activations: Activations } {
    const { weight, bias } = this.#folded;
    const stem = convolve(images, this.#folded.stem, 1, "relu");
    let x = stem;
    const blocks = this.#folded.blocks.map(({ shape, first, second }, k) => {
      const shortcut = this.#shortcuts[k];
      const inner = convolve(x, first, shape.stride, "relu");
      const residual = shortcut ? tf.conv2d(x, shortcut, shape.stride, 0) : x;
      const output = tf.relu(tf.add(convolve(inner, second, 1, "linear"), residual)) as tf.Tensor4D;
      x = output;
      return { inner, output };
    });
    const pooled = tf.mean(x, [1, 2]) as tf.Tensor2D;
    const logits = tf.add(tf.matMul(pooled, weight), bias) as tf.Tensor2D;
    return { logits, activations: { stem, blocks } };
  }

  protected back(
    dLogits: tf.Tensor2D,
    { stem, blocks }: Activations,
    imageShape: number[],
    rows?: tf.Tensor1D,
  ): tf.Tensor4D {
    const count = dLogits.shape[0];
    const [, height, width] = blocks.at(-1)!.output.shape;
    const dPooled = tf.div(tf.matMul(dLogits, this.#folded.weight, false, true), height * width);
    let gradient: tf.Tensor = tf.reshape(dPooled, [count, 1, 1, dPooled.shape[1]!]);
    for (let k = blocks.length - 1; k >= 0; k--) {
      const { shape, first, second } = this.#folded.blocks[k];
      const shortcut = this.#shortcuts[k];
      const { inner, output } = blocks[k];
      const input = k > 0 ? blocks[k - 1].output : stem;
      const dOutput = masked(gradient, output, rows);
      const dInner = masked(inputGradient(dOutput, second.filter, inner.shape, 1), inner, rows);
      gradient = tf.add(
        inputGradient(dInner, first.filter, input.shape, shape.stride),
        shortcut ? inputGradient(dOutput, shortcut, input.shape, shape.stride) : dOutput,
      );
    }
    return inputGradient(masked(gradient, stem, rows), this.#folded.stem.filter, imageShape, 1);
  }
}

function convolve(
  x: tf.Tensor4D,
  { filter, bias }: FoldedConvolution,
  strides: 1 | 2,
  activation: "relu" | "linear",
): tf.Tensor4D {
  return tf.fused.conv2d({ x, filter, strides, pad: 1, bias, activation });
}
