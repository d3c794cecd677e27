import * as tf from "@tensorflow/tfjs";
import { imageSlices } from "../training/evaluation.ts";
import type { Dataset } from "../data/dataset.ts";
import type { FrozenClassifier } from "../nn/frozen_classifier.ts";
import { stopPoint } from "../stop/until_stopped.ts";
import { topClasses } from "../tensors/rows.ts";

/** The error of a classifier in less than float32, against the same one in float32. */
export interface PrecisionError {
  readonly images: number;
  /** Root mean square of the logits' differences, over that of the logits */
  readonly relativeError: number;
  readonly largestError: number;
  /** Share of the images that both put in the same class, 0…1 */
  readonly agreement: number;
  /** Share of the images that the classifier gets right, 0…1 */
  readonly accuracy: number;
  /** The same in float32 */
  readonly exactAccuracy: number;
}

/** Compares a classifier with the same one in float32, on the test images. */
export async function precisionError(
  classifier: FrozenClassifier,
  exact: FrozenClassifier,
  dataset: Dataset,
): Promise<PrecisionError> {
  const { test } = dataset;
  const { classes } = exact;
  let [squares, errors, largestError, agreeing, correct, exactCorrect] = [0, 0, 0, 0, 0, 0];
  for (const { images, labels } of imageSlices(dataset, test)) {
    const tensors = [classifier, exact].map((network) => network.logits(images));
    const [ours, theirs] = await Promise.all(tensors.map((logits) => logits.data()));
    tf.dispose([images, ...tensors]);
    ours.forEach((value, k) => {
      squares += theirs[k] ** 2;
      errors += (value - theirs[k]) ** 2;
      largestError = Math.max(largestError, Math.abs(value - theirs[k]));
    });
    const [top, exactTop] = [topClasses(ours, classes), topClasses(theirs, classes)];
    labels.forEach((label, k) => {
      if (top[k] === exactTop[k]) agreeing++;
      if (top[k] === label) correct++;
      if (exactTop[k] === label) exactCorrect++;
    });
    await stopPoint();
  }
  return {
    images: test.count,
    relativeError: Math.sqrt(errors / squares),
    largestError,
    agreement: agreeing / test.count,
    accuracy: correct / test.count,
    exactAccuracy: exactCorrect / test.count,
  };
}
