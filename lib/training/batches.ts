import * as tf from "@tensorflow/tfjs";
import {
  augmentBatch,
  augmentedImageNumbers,
  drawAugmentation,
  normaliseBatch,
} from "../data/augment.ts";
import type { Dataset, ImageSet } from "../data/dataset.ts";

/** A mini-batch as tensors, which the caller disposes of. */
export interface MiniBatch {
  /** `[n, h, w, c]`, augmented and normalised */
  readonly images: tf.Tensor4D;
  /** `[n]`, int32, and the same on the host */
  readonly labels: tf.Tensor1D;
  readonly labelValues: Int32Array;
  /** For each image which of the augmented images of the training set it is. */
  readonly imageNumbers: Float64Array;
}

/**
 * Augments some of the training images.
 *
 * @param indices which
 * @param random numbers in [0, 1), three an image
 */
export function makeBatch(dataset: Dataset, indices: Int32Array, random: () => number): MiniBatch {
  const { train } = dataset;
  const choices = drawAugmentation(indices.length, random);
  const pixels = augmentBatch(dataset, train, indices, choices);
  const labelValues = Int32Array.from(indices, (index) => train.labels[index]);
  return {
    images: pixelTensor(dataset, pixels),
    labels: tf.tensor1d(labelValues, "int32"),
    labelValues,
    imageNumbers: augmentedImageNumbers(indices, choices),
  };
}

/** Normalised pixels as a tensor `[n, height, width, channel]`. */
function pixelTensor(
  { height, width, channels }: Dataset,
  pixels: Float32Array,
): tf.Tensor4D {
  const size = height * width * channels;
  return tf.tensor4d(pixels, [pixels.length / size, height, width, channels]);
}

/** Images of a set, normalised and not augmented, as a tensor. */
export function imageTensor(
  dataset: Dataset,
  set: ImageSet,
  indices: ArrayLike<number>,
): tf.Tensor4D {
  return pixelTensor(dataset, normaliseBatch(dataset, set, indices));
}
