import * as tf from "@tensorflow/tfjs";
import type { EventTurn } from "./event_turn.ts";
import { imageSlices } from "./image_slices.ts";
import type { Dataset, ImageSet } from "../data/dataset.ts";
import type { FrozenClassifier } from "../nn/frozen_classifier.ts";

/** The share of images whose class is the classifier's first, or among its first five, 0…1. */
export interface Accuracy {
  readonly top1: number;
  /** null with five classes or fewer, of which every one is among the first five */
  readonly top5: number | null;
}

/**
 * How many of the images the classifier gets right.
 *
 * @param events gets the event loop its turns
 */
export async function evaluate(
  classifier: FrozenClassifier,
  dataset: Dataset,
  set: ImageSet,
  events?: EventTurn,
): Promise<Accuracy> {
  const { classes } = classifier;
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
    await events?.take();
  }
  return { top1: first / set.count, top5: classes > 5 ? firstFive / set.count : null };
}

/** The share of the images that the classifier gets right, 0…1. */
export async function evaluateAccuracy(
  classifier: FrozenClassifier,
  dataset: Dataset,
  set: ImageSet,
): Promise<number> {
  return (await evaluate(classifier, dataset, set)).top1;
}

/**
 * How many classes are before one: those with a higher logit, and the earlier ones of those with the
 * same, as `argMax` has it. A logit that is not a number is never behind another.
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
