import type * as tf from "@tensorflow/tfjs";
import type { Dataset, ImageSet } from "../data/dataset.ts";
import type { Labels } from "../data/labels.ts";
import { imageTensor } from "./image_tensor.ts";

/** Small enough for the feature maps to stay in a processor's cache. */
const SLICE = 64;

/** Some images of a set, which the caller disposes of, and their classes. */
export interface ImageSlice {
  /** `[n, h, w, c]`, normalised */
  readonly images: tf.Tensor4D;
  readonly labels: Labels;
}

/** The images of a set in their order, a slice at a time. */
export function* imageSlices(dataset: Dataset, set: ImageSet): Generator<ImageSlice> {
  for (let from = 0; from < set.count; from += SLICE) {
    const labels = set.labels.subarray(from, from + SLICE);
    yield { images: imageTensor(dataset, set, Array.from(labels, (_, k) => from + k)), labels };
  }
}
