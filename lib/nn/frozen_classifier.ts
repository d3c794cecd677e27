import type * as tf from "@tensorflow/tfjs";
import type { NetworkOutput } from "./network.ts";

/** The logits of a frozen classifier, with the way back to the images. */
export interface Pullback {
  /** `[n, classes]` */
  readonly logits: tf.Tensor2D;
  /**
   * The gradient of `Σ logits·dLogits` with respect to the images.
   *
   * @param dLogits `[m, classes]`
   * @param rows which m of the n images it is for; all if left out
   * @returns `[m, h, w, c]`
   */
  toImages(dLogits: tf.Tensor2D, rows?: tf.Tensor1D): tf.Tensor4D;
  /** Frees what `toImages` needs; the logits stay. */
  dispose(): void;
}

/** A classifier whose weights no longer change: a teacher, or a network under attack. */
export interface FrozenClassifier {
  readonly classes: number;
  /** `[n, h, w, c]` → `[n, classes]`. */
  logits(images: tf.Tensor4D): tf.Tensor2D;
  /** The same, keeping what the gradient with respect to the images needs. */
  pullback(images: tf.Tensor4D): Pullback;
  dispose(): void;
}

/** A frozen network of which more than the logits can be seen: a teacher. */
export interface FrozenNetwork extends FrozenClassifier {
  /** Channels of each feature map that `forward` gives. */
  readonly featureChannels: readonly number[];
  /** Logits and feature maps, as the network itself gives them in inference mode. */
  forward(images: tf.Tensor4D): NetworkOutput;
}
