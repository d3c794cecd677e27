import * as tf from "@tensorflow/tfjs";
import {
  augmentBatch,
  augmentedImageNumbers,
  drawAugmentation,
  normaliseBatch,
} from "../data/augment.ts";
import {
  checkIndices,
  type Dataset,
  type DatasetDescription,
  type ImageSet,
} from "../data/dataset.ts";

/** A mini-batch; the caller disposes of its tensors. */
export interface MiniBatch {
  /** `[n, h, w, c]`, augmented and normalised */
  readonly images: tf.Tensor4D;
  /** `[n]`, int32 */
  readonly labels: tf.Tensor1D;
  /** The labels on the host */
  readonly labelValues: Int32Array;
  /** The images' indices in the training set */
  readonly indices: Int32Array;
  /** The number of each image among all augmented images of the training set */
  readonly imageNumbers: Float64Array;
}

/**
 * Makes a mini-batch of training images, augmented and normalised.
 *
 * @param indices the images, by their index in the training set
 * @param random gives numbers in [0, 1); each image takes three
 */
export function makeBatch(dataset: Dataset, indices: Int32Array, random: () => number): MiniBatch {
  const { train } = dataset;
  const choices = drawAugmentation(indices.length, random, dataset.hasFlips);
  const pixels = augmentBatch(dataset, train, indices, choices);
  const labelValues = Int32Array.from(indices, (index) => train.labels[index]);
  return {
    images: pixelTensor(dataset, pixels),
    labels: tf.tensor1d(labelValues, "int32"),
    labelValues,
    indices,
    imageNumbers: augmentedImageNumbers(indices, choices),
  };
}

/**
 * Makes a tensor `[n, height, width, channel]` of images of a set, normalised but not augmented. The
 * caller disposes of it.
 *
 * @throws UserError for an index that is not of the set
 */
export function imageTensor(
  dataset: DatasetDescription,
  set: ImageSet,
  indices: ArrayLike<number>,
): tf.Tensor4D {
  checkIndices(set, indices);
  return pixelTensor(dataset, normaliseBatch(dataset, set, indices));
}

/** Makes a tensor `[n, height, width, channel]` of normalised pixels. */
function pixelTensor(
  { height, width, channels }: DatasetDescription,
  pixels: Float32Array,
): tf.Tensor4D {
  const size = height * width * channels;
  return tf.tensor4d(pixels, [pixels.length / size, height, width, channels]);
}
