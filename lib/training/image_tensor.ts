import * as tf from "@tensorflow/tfjs";
import { normaliseBatch } from "../data/augment.ts";
import type { Dataset, ImageSet } from "../data/dataset.ts";

/** Normalised pixels as a tensor `[n, height, width, channel]`. */
export function pixelTensor(
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
