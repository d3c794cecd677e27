import * as tf from "@tensorflow/tfjs";
import type { FoldedConvolution } from "./fold_batch_norm.ts";
import { disposeFolded, type FoldedResNet } from "./folded_resnet.ts";
import { outputChannels, stageEnds } from "./architecture.ts";
import type { FrozenNetwork, Pullback } from "./frozen_classifier.ts";
import type { NetworkOutput } from "./network.ts";
import { identityFilter } from "./shortcut.ts";

/** The outputs of all ReLUs in a forward pass, for the backward pass. */
interface Activations {
  readonly stem: tf.Tensor4D;
  readonly blocks: { readonly inner: tf.Tensor4D; readonly output: tf.Tensor4D }[];
}

/**
 * A frozen ResNet made of TensorFlow.js operations, for backends without a `freeze` of their own.
 * Bias and ReLU are fused, and the backward pass never computes a gradient of a weight.
 */
export class FrozenResNet implements FrozenNetwork {
  readonly classes: number;
  readonly featureChannels: readonly number[];
  readonly #folded: FoldedResNet;
  /** The option-A shortcut of each block as a filter; null for the identity. */
  readonly #shortcuts: (tf.Tensor4D | null)[];

  /** @param folded belongs to this object from now on */
  constructor(folded: FoldedResNet) {
    this.classes = folded.classes;
    this.featureChannels = outputChannels(folded.blocks.map(({ shape }) => shape));
    this.#folded = folded;
    this.#shortcuts = folded.blocks.map(({ shape }) =>
      shape.stride === 1 ? null : tf.tidy(() => identityFilter(shape.inChannels, shape.outChannels))
    );
  }

  logits(images: tf.Tensor4D): tf.Tensor2D {
    return tf.tidy(() => this.#forward(images).logits);
  }

  forward(images: tf.Tensor4D): NetworkOutput {
    const ends = stageEnds(this.#folded.blocks.map(({ shape }) => shape));
    let output!: NetworkOutput;
    tf.tidy(() => {
      const { logits, activations } = this.#forward(images);
      output = { logits, features: ends.map((k) => activations.blocks[k].output) };
      for (const tensor of [logits, ...output.features]) tf.keep(tensor);
    });
    return output;
  }

  pullback(images: tf.Tensor4D): Pullback {
    let logits!: tf.Tensor2D;
    let activations!: Activations;
    tf.tidy(() => {
      const pass = this.#forward(images);
      logits = tf.keep(pass.logits);
      activations = pass.activations;
      for (const tensor of tensorsOf(activations)) tf.keep(tensor);
    });
    return {
      logits,
      toImages: (dLogits, rows) =>
        tf.tidy(() => this.#backward(dLogits, activations, images.shape, rows)),
      dispose: () => tf.dispose(tensorsOf(activations)),
    };
  }

  dispose(): void {
    disposeFolded(this.#folded);
    tf.dispose(this.#shortcuts.flatMap((shortcut) => shortcut ?? []));
  }

  #forward(images: tf.Tensor4D): { logits: tf.Tensor2D; activations: Activations } {
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

  #backward(
    dLogits: tf.Tensor2D,
    { stem, blocks }: Activations,
    imageShape: number[],
    rows?: tf.Tensor1D,
  ): tf.Tensor4D {
    const count = dLogits.shape[0];
    const masked = (gradient: tf.Tensor, output: tf.Tensor4D) =>
      tf.mul(gradient, tf.step(rows ? tf.gather(output, rows) : output)) as tf.Tensor4D;
    const inputGradient = (
      dy: tf.Tensor4D,
      filter: tf.Tensor4D,
      input: number[],
      stride: 1 | 2,
      pad: 0 | 1,
    ) => tf.conv2dTranspose(dy, filter, [count, input[1], input[2], input[3]], stride, pad);

    const [, height, width] = blocks.at(-1)!.output.shape;
    const dPooled = tf.div(tf.matMul(dLogits, this.#folded.weight, false, true), height * width);
    let gradient: tf.Tensor = tf.reshape(dPooled, [count, 1, 1, dPooled.shape[1]!]);
    for (let k = blocks.length - 1; k >= 0; k--) {
      const { shape, first, second } = this.#folded.blocks[k];
      const shortcut = this.#shortcuts[k];
      const { inner, output } = blocks[k];
      const input = k > 0 ? blocks[k - 1].output : stem;
      const dOutput = masked(gradient, output);
      const dInner = masked(inputGradient(dOutput, second.filter, inner.shape, 1, 1), inner);
      gradient = tf.add(
        inputGradient(dInner, first.filter, input.shape, shape.stride, 1),
        shortcut ? inputGradient(dOutput, shortcut, input.shape, shape.stride, 0) : dOutput,
      );
    }
    return inputGradient(masked(gradient, stem), this.#folded.stem.filter, imageShape, 1, 1);
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

function tensorsOf({ stem, blocks }: Activations): tf.Tensor[] {
  return [stem, ...blocks.flatMap(({ inner, output }) => [inner, output])];
}
