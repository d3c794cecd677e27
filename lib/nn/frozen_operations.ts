import * as tf from "@tensorflow/tfjs";
import type { FrozenNetwork, Pullback } from "./frozen_classifier.ts";
import type { NetworkOutput } from "./network.ts";

/**
 * A frozen network made of TensorFlow.js operations; no gradient of a weight is computed. A subclass
 * says how its layers follow each other, there and back.
 *
 * @typeParam A the outputs of all ReLUs in a forward pass, for the backward pass
 */
export abstract class FrozenOperations<A> implements FrozenNetwork {
  abstract readonly classes: number;
  abstract readonly featureChannels: readonly number[];

  logits(images: tf.Tensor4D): tf.Tensor2D {
    return tf.tidy(() => this.run(images).logits);
  }

  forward(images: tf.Tensor4D): NetworkOutput {
    let output!: NetworkOutput;
    tf.tidy(() => {
      const { logits, activations } = this.run(images);
      output = { logits, features: this.featuresOf(activations) };
      for (const tensor of [logits, ...output.features]) tf.keep(tensor);
    });
    return output;
  }

  pullback(images: tf.Tensor4D): Pullback {
    let logits!: tf.Tensor2D;
    let activations!: A;
    tf.tidy(() => {
      ({ logits, activations } = this.run(images));
      for (const tensor of [logits, ...this.tensorsOf(activations)]) tf.keep(tensor);
    });
    return {
      logits,
      toImages: (dLogits, rows) =>
        tf.tidy(() => this.back(dLogits, activations, images.shape, rows)),
      dispose: () => tf.dispose(this.tensorsOf(activations)),
    };
  }

  abstract dispose(): void;

  /** Makes a forward pass, within a `tidy`. */
  protected abstract run(images: tf.Tensor4D): { logits: tf.Tensor2D; activations: A };

  /** Gives the feature maps of the stages. */
  protected abstract featuresOf(activations: A): tf.Tensor4D[];

  protected abstract tensorsOf(activations: A): tf.Tensor[];

  /** Computes the gradient with respect to the images, within a `tidy`. */
  protected abstract back(
    dLogits: tf.Tensor2D,
    activations: A,
    imageShape: number[],
    rows?: tf.Tensor1D,
  ): tf.Tensor4D;
}

/** Computes a gradient before a ReLU from that after it, and from the ReLU's output. */
export function masked<T extends tf.Tensor>(gradient: tf.Tensor, output: T, rows?: tf.Tensor1D): T {
  return tf.mul(gradient, tf.step(rows ? tf.gather(output, rows) : output)) as T;
}

/**
 * Computes a convolution's gradient with respect to its input.
 *
 * @param input the shape of the input; the number of images is that of `dy`
 */
export function inputGradient(
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  [, height, width, channels]: number[],
  stride: 1 | 2,
): tf.Tensor4D {
  const shape: [number, number, number, number] = [dy.shape[0], height, width, channels];
  return tf.conv2dTranspose(dy, filter, shape, stride, (filter.shape[0] - 1) / 2);
}
