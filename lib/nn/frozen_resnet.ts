import * as tf from "@tensorflow/tfjs";
import { type BlockShape, blocksOf } from "./architecture.ts";
import type { FrozenClassifier, Pullback } from "./frozen_classifier.ts";
import { BATCH_NORM_EPSILON, type ResNet } from "./resnet.ts";
import { identityFilter } from "./shortcut.ts";

/** A convolution with the batch-norm behind it folded in. */
interface FoldedConvolution {
  readonly filter: tf.Tensor4D;
  readonly bias: tf.Tensor1D;
}

interface FrozenBlock {
  readonly shape: BlockShape;
  readonly first: FoldedConvolution;
  readonly second: FoldedConvolution;
  /** The option-A shortcut as a filter; null for the identity. */
  readonly shortcut: tf.Tensor4D | null;
}

/** What one forward pass leaves for the way back: every output of a ReLU. */
interface Activations {
  readonly stem: tf.Tensor4D;
  readonly blocks: { readonly inner: tf.Tensor4D; readonly output: tf.Tensor4D }[];
}

/**
 * A ResNet in inference mode that computes logits and gradients with respect to its input, and
 * nothing else: batch-norm folded into the convolutions, bias and ReLU fused, and a backward pass of
 * its own that never computes a gradient of a weight.
 */
export class FrozenResNet implements FrozenClassifier {
  readonly classes: number;
  readonly #stem: FoldedConvolution;
  readonly #blocks: FrozenBlock[];
  readonly #weight: tf.Tensor2D;
  readonly #bias: tf.Tensor1D;

  /** Copies the network as it is now: later changes to it do not show here. */
  constructor(network: ResNet) {
    const variables = new Map(network.variables());
    const fold = (convolution: string, batchNorm: string): FoldedConvolution => {
      const value = (name: string) => variables.get(name)!;
      const [filter, bias] = tf.tidy(() => {
        const inverseStd = tf.rsqrt(
          tf.add(value(`${batchNorm}.running_var`), BATCH_NORM_EPSILON),
        );
        const scale = tf.mul(value(`${batchNorm}.weight`), inverseStd);
        const shift = tf.mul(value(`${batchNorm}.running_mean`), scale);
        return [
          tf.mul(value(`${convolution}.weight`), scale) as tf.Tensor4D,
          tf.sub(value(`${batchNorm}.bias`), shift) as tf.Tensor1D,
        ];
      });
      return { filter, bias } as FoldedConvolution;
    };
    this.classes = network.architecture.classes;
    this.#stem = fold("conv1", "bn1");
    this.#blocks = blocksOf(network.architecture).flat().map((shape) => ({
      shape,
      first: fold(`${shape.name}.conv1`, `${shape.name}.bn1`),
      second: fold(`${shape.name}.conv2`, `${shape.name}.bn2`),
      shortcut: shape.stride === 1
        ? null
        : tf.tidy(() => identityFilter(shape.inChannels, shape.outChannels)),
    }));
    this.#weight = tf.clone(variables.get("linear.weight")!) as tf.Tensor2D;
    this.#bias = tf.clone(variables.get("linear.bias")!) as tf.Tensor1D;
  }

  logits(images: tf.Tensor4D): tf.Tensor2D {
    return tf.tidy(() => this.#forward(images).logits);
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
    const folded = [this.#stem, ...this.#blocks.flatMap(({ first, second }) => [first, second])];
    tf.dispose(folded.flatMap(({ filter, bias }) => [filter, bias]));
    tf.dispose(this.#blocks.flatMap(({ shortcut }) => shortcut ?? []));
    tf.dispose([this.#weight, this.#bias]);
  }

  #forward(images: tf.Tensor4D): { logits: tf.Tensor2D; activations: Activations } {
    const stem = convolve(images, this.#stem, 1, "relu");
    let x = stem;
    const blocks = this.#blocks.map(({ shape, first, second, shortcut }) => {
      const inner = convolve(x, first, shape.stride, "relu");
      const residual = shortcut ? tf.conv2d(x, shortcut, shape.stride, 0) : x;
      const output = tf.relu(tf.add(convolve(inner, second, 1, "linear"), residual)) as tf.Tensor4D;
      x = output;
      return { inner, output };
    });
    const pooled = tf.mean(x, [1, 2]) as tf.Tensor2D;
    const logits = tf.add(tf.matMul(pooled, this.#weight), this.#bias) as tf.Tensor2D;
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
    const dPooled = tf.div(tf.matMul(dLogits, this.#weight, false, true), height * width);
    let gradient: tf.Tensor = tf.reshape(dPooled, [count, 1, 1, dPooled.shape[1]!]);
    for (let k = blocks.length - 1; k >= 0; k--) {
      const { shape, first, second, shortcut } = this.#blocks[k];
      const { inner, output } = blocks[k];
      const input = k > 0 ? blocks[k - 1].output : stem;
      const dOutput = masked(gradient, output);
      const dInner = masked(inputGradient(dOutput, second.filter, inner.shape, 1, 1), inner);
      gradient = tf.add(
        inputGradient(dInner, first.filter, input.shape, shape.stride, 1),
        shortcut ? inputGradient(dOutput, shortcut, input.shape, shape.stride, 0) : dOutput,
      );
    }
    return inputGradient(masked(gradient, stem), this.#stem.filter, imageShape, 1, 1);
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
