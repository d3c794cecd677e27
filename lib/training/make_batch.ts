import * as tf from "@tensorflow/tfjs";
import { augmentBatch, augmentedImageNumbers, drawAugmentation } from "../data/augment.ts";
import type { Dataset } from "../data/dataset.ts";
import { pixelTensor } from "./image_tensor.ts";

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
