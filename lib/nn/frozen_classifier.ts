import * as tf from "@tensorflow/tfjs";
import type { NetworkOutput } from "./network.ts";
import { gatherRows } from "../tensors/rows.ts";
import { UserError } from "../user_error.ts";

/**
 * The logits of a frozen classifier, with a function for gradients with respect to the images (the
 * vector–Jacobian product).
 */
export interface Pullback {
  /** `[n, classes]` */
  readonly logits: tf.Tensor2D;
  /**
   * Computes the gradient of `Σ logits·dLogits` with respect to the images.
   *
   * @param dLogits `[m, classes]`
   * @param rows the indices of m of the n images; default: all of them
   * @returns `[m, h, w, c]`
   */
  toImages(dLogits: tf.Tensor2D, rows?: tf.Tensor1D): tf.Tensor4D;
  /** Frees the tensors that `toImages` needs, but not the logits. */
  dispose(): void;
}

/** A classifier whose weights no longer change: a teacher, or a network under attack. */
export interface FrozenClassifier {
  readonly classes: number;
  /** Computes the logits of images: `[n, h, w, c]` → `[n, classes]`; the caller disposes of them. */
  logits(images: tf.Tensor4D): tf.Tensor2D;
  /**
   * Computes the logits and keeps the tensors for gradients with respect to the images. The caller
   * disposes of the pass and of its logits, which outlive any `tf.tidy`.
   */
  pullback(images: tf.Tensor4D): Pullback;
  dispose(): void;
}

/** A frozen classifier that also gives its feature maps: a teacher. */
export interface FrozenNetwork extends FrozenClassifier {
  /** The channels of each feature map of `forward`. */
  readonly featureChannels: readonly number[];
  /**
   * Computes the logits and feature maps of the network in inference mode. The caller disposes of them;
   * they outlive any `tf.tidy`.
   */
  forward(images: tf.Tensor4D): NetworkOutput;
}

/**
 * Reads a classifier's logits, `[n, classes]` row by row.
 *
 * @param images makes the images, within `tf.tidy`, or gives those of the caller
 * @throws UserError if they have another shape
 */
export async function readLogits(
  classifier: Pick<FrozenClassifier, "logits" | "classes">,
  images: () => tf.Tensor4D,
): Promise<Float32Array> {
  let count = 0;
  const logits = tf.tidy(() => {
    const batch = images();
    [count] = batch.shape;
    return classifier.logits(batch);
  });
  try {
    checkShape("logits", logits, [count, classifier.classes]);
    return await logits.data<"float32">();
  } finally {
    logits.dispose();
  }
}

/**
 * Checks what a classifier gives, which may be a user's.
 *
 * @throws UserError that names both shapes
 */
export function checkShape(what: string, tensor: tf.Tensor, shape: readonly number[]): void {
  if (String(tensor?.shape) === String(shape)) return;
  throw new UserError(
    `the classifier gives ${what} of shape [${tensor?.shape}], but must give [${shape}]`,
  );
}

/**
 * Restricts a pass over a batch to some of its images, without computing anything again.
 *
 * @param rows the indices of the images
 * @returns a pass whose `dispose` does not touch the pass over the whole batch
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

/** Called before each pass with the number of images and the direction. */
type Tell = (images: number, way: "forward" | "back") => void;

/** Wraps a network so that it reports all images that go through it. */
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
