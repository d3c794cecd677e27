import * as tf from "@tensorflow/tfjs";
import type { NetworkOutput } from "./network.ts";
import { gatherRows } from "../tensors/rows.ts";

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

/**
 * The pass over some images of a batch, out of the pass over all of them: nothing is computed again.
 *
 * @param rows which images
 * @returns its `dispose` leaves the pass over all of them as it is
 */
export function restrictPullback(whole: Pullback, rows: ArrayLike<number>): Pullback {
  const index = tf.tensor1d(Int32Array.from(rows), "int32");
  return {
    logits: gatherRows(whole.logits, rows),
    toImages: (dLogits, some) =>
      tf.tidy(() => whole.toImages(dLogits, some ? tf.gather(index, some) : index)),
    dispose: () => index.dispose(),
  };
}

/** Told before each pass how many images go which way through a network. */
type Tell = (images: number, way: "forward" | "back") => void;

/** The same network, which tells of all images that go through it. */
export function countedNetwork(network: FrozenNetwork, tell: Tell): FrozenNetwork {
  return {
    classes: network.classes,
    featureChannels: network.featureChannels,
    logits(images) {
      tell(images.shape[0], "forward");
      return network.logits(images);
    },
    forward(images) {
      tell(images.shape[0], "forward");
      return network.forward(images);
    },
    pullback(images) {
      tell(images.shape[0], "forward");
      return countedPullback(network.pullback(images), tell);
    },
    dispose: () => network.dispose(),
  };
}

function countedPullback(pass: Pullback, tell: Tell): Pullback {
  return {
    logits: pass.logits,
    toImages(dLogits, rows) {
      tell(dLogits.shape[0], "back");
      return pass.toImages(dLogits, rows);
    },
    dispose: () => pass.dispose(),
  };
}
