import * as tf from "@tensorflow/tfjs";
import type { FoldedConvolution, ScaleAndShift } from "./fold_batch_norm.ts";
import { FrozenOperations, inputGradient, masked } from "./frozen_operations.ts";

interface FoldedBlock {
  readonly stride: 1 | 2;
  readonly before: ScaleAndShift;
  readonly first: FoldedConvolution;
  /** `[3, 3, out, out]` */
  readonly second: tf.Tensor4D;
  /** `[1, 1, in, out]`; null for the identity */
  readonly shortcut: tf.Tensor4D | null;
}

/**
 * A wide ResNet in inference mode. A batch-norm before a ReLU whose input has no convolution of its
 * own stays a scale and a shift.
 */
interface FoldedWideResNet {
  readonly stem: tf.Tensor4D;
  readonly blocks: readonly FoldedBlock[];
  readonly after: ScaleAndShift;
  /** `[channels, classes]` */
  readonly weight: tf.Tensor2D;
  /** `[classes]` */
  readonly bias: tf.Tensor1D;
}

/** The outputs of all ReLUs in a forward pass, for the backward pass. */
interface Activations {
  readonly blocks: readonly { readonly active: tf.Tensor4D; readonly inner: tf.Tensor4D }[];
  readonly last: tf.Tensor4D;
}

/** A frozen wide ResNet made of TensorFlow.js operations. */
export class FrozenWideResNet extends FrozenOperations<Activations> {
  readonly classes: number;
  readonly featureChannels: readonly number[];
  readonly #folded: FoldedWideResNet;

  /** @param folded belongs to this object from now on */
  constructor(folded: FoldedWideResNet, featureChannels: readonly number[]) {
    super();
    this.classes = folded.bias.size;
    this.featureChannels = featureChannels;
    this.#folded = folded;
  }

  dispose(): void {
    const { stem, blocks, after, weight, bias } = this.#folded;
    tf.dispose([stem, after.scale, after.shift, weight, bias]);
    for (const { before, first, second, shortcut } of blocks) {
      tf.dispose([before.scale, before.shift, first.filter, first.bias, second]);
      shortcut?.dispose();
    }
  }

  protected featuresOf({ blocks, last }: Activations): tf.Tensor4D[] {
    const starts = blocks.filter((_, k) => this.#folded.blocks[k].stride === 2);
    return [...starts.map(({ active }) => active), last];
  }

  protected tensorsOf({ blocks, last }: Activations): tf.Tensor[] {
    return [last, ...blocks.flatMap(({ active, inner }) => [active, inner])];
  }

  protected run(images: tf.Tensor4D): { logits: tf.Tensor2D; activations: Activations } {
    const { stem, after, weight, bias } = this.#folded;
    let x = tf.conv2d(images, stem, 1, 1);
    const blocks = this.#folded.blocks.map(({ stride, before, first, second, shortcut }) => {
      // The tidy frees maps that only the block itself needs.
      const [active, inner, output] = tf.tidy(() => {
        const active = activate(x, before);
        const inner = tf.fused.conv2d({
          x: active,
          ...first,
          strides: stride,
          pad: 1,
          activation: "relu",
        });
        const residual = shortcut ? tf.conv2d(active, shortcut, stride, 0) : x;
        return [active, inner, tf.add(tf.conv2d(inner, second, 1, 1), residual) as tf.Tensor4D];
      });
      x.dispose();
      x = output;
      return { active, inner };
    });
    const last = activate(x, after);
    const pooled = tf.mean(last, [1, 2]) as tf.Tensor2D;
    const logits = tf.add(tf.matMul(pooled, weight), bias) as tf.Tensor2D;
    return { logits, activations: { blocks, last } };
  }

  protected back(
    dLogits: tf.Tensor2D,
    { blocks, last }: Activations,
    imageShape: number[],
    rows?: tf.Tensor1D,
  ): tf.Tensor4D {
    const { stem, after, weight } = this.#folded;
    const [, height, width, channels] = last.shape;
    const dPooled = tf.div(tf.matMul(dLogits, weight, false, true), height * width)
      .reshape([dLogits.shape[0], 1, 1, channels]);
    let gradient = tf.mul(masked(dPooled, last, rows), after.scale) as tf.Tensor4D;
    for (let k = blocks.length - 1; k >= 0; k--) {
      const { stride, before, first, second, shortcut } = this.#folded.blocks[k];
      const { active, inner } = blocks[k];
      const dOutput = gradient;
      gradient = tf.tidy(() => {
        const dInner = masked(inputGradient(dOutput, second, inner.shape, 1), inner, rows);
        const dFirst = inputGradient(dInner, first.filter, active.shape, stride);
        const dActive = shortcut
          ? tf.add(dFirst, inputGradient(dOutput, shortcut, active.shape, stride))
          : dFirst;
        const dBefore = tf.mul(masked(dActive, active, rows), before.scale) as tf.Tensor4D;
        return shortcut ? dBefore : tf.add(dBefore, dOutput) as tf.Tensor4D;
      });
      dOutput.dispose();
    }
    return inputGradient(gradient, stem, imageShape, 1);
  }
}

/** Computes relu(x·scale + shift). */
function activate(x: tf.Tensor4D, { scale, shift }: ScaleAndShift): tf.Tensor4D {
  return tf.relu(tf.add(tf.mul(x, scale), shift));
}
