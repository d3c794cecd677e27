import * as tf from "@tensorflow/tfjs";
import { stopPoint } from "../stop/until_stopped.ts";
import type { Dataset, ImageSet, Labels } from "../data/dataset.ts";
import type { FrozenClassifier } from "../nn/frozen_classifier.ts";
import { imageTensor } from "./batches.ts";
import { UserError } from "../user_error.ts";

/** The accuracy of a classifier, as shares of images in 0…1. */
export interface Accuracy {
  /** The label is the classifier's first class */
  readonly top1: number;
  /** The label is among its first five classes; null if there are no more than five */
  readonly top5: number | null;
}

/**
 * Evaluates a classifier on a set of images.
 *
 * @throws UserError if it has not as many classes as the data set
 */
export async function evaluate(
  classifier: FrozenClassifier,
  dataset: Dataset,
  set: ImageSet,
): Promise<Accuracy> {
  const { classes } = classifier;
  if (classes === undefined) {
    throw new UserError("the classifier has no number of classes; give freeze(network)");
  }
  if (classes !== dataset.classes.length) {
    throw new UserError(
      `the classifier has ${classes} classes, but ${dataset.name} has ${dataset.classes.length}; ` +
        "evaluate it on the data set that it was trained on",
    );
  }
  let [first, firstFive] = [0, 0];
  for (const { images, labels } of imageSlices(dataset, set)) {
    const logits = classifier.logits(images);
    const values = await logits.data<"float32">();
    tf.dispose([images, logits]);
    labels.forEach((label, k) => {
      const rank = rankOf(label, values.subarray(k * classes, (k + 1) * classes));
      if (rank === 0) first++;
      if (rank < 5) firstFive++;
    });
    await stopPoint();
  }
  return { top1: first / set.count, top5: classes > 5 ? firstFive / set.count : null };
}

/** Computes the share of the images that the classifier classifies correctly, in 0…1. */
export async function evaluateAccuracy(
  classifier: FrozenClassifier,
  dataset: Dataset,
  set: ImageSet,
): Promise<number> {
  return (await evaluate(classifier, dataset, set)).top1;
}

/**
 * Counts the classes ranked before the label: classes with a higher logit, and earlier classes with the
 * same logit, as in `argMax`. A logit that is not a number is never behind another.
 */
function rankOf(label: number, logits: Float32Array): number {
  const own = logits[label];
  let rank = 0;
  for (let c = 0; c < logits.length; c++) {
    const isBehind = logits[c] < own || (logits[c] === own && c >= label);
    if (!isBehind) rank++;
  }
  return rank;
}

/** The images of a slice: few enough for the feature maps to stay in a processor's cache */
const SLICE = 64;

/** Some images of a set and their labels; the caller disposes of the images. */
interface ImageSlice {
  /** `[n, h, w, c]`, normalised */
  readonly images: tf.Tensor4D;
  readonly labels: Labels;
}

/** Yields the images of a set in their order, a slice at a time. */
export function* imageSlices(dataset: Dataset, set: ImageSet): Generator<ImageSlice> {
  for (let from = 0; from < set.count; from += SLICE) {
    const labels = set.labels.subarray(from, from + SLICE);
    yield { images: imageTensor(dataset, set, Array.from(labels, (_, k) => from + k)), labels };
  }
}
