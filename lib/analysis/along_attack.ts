import * as tf from "@tensorflow/tfjs";
import { checkClasses, checkClassifier } from "../attack/attack_input.ts";
import { type FrozenClassifier, readLogits } from "../nn/frozen_classifier.ts";
import { softmaxRows } from "../tensors/rows.ts";
import { UserError } from "../user_error.ts";

/**
 * Computes the probability of a class along the lines from images to their attacked versions and
 * beyond.
 *
 * @param base `[n, h, w, c]`
 * @param samples the attacked versions, in the same order
 * @param labels the class of each line
 * @param places 0 is the image, 1 the sample, 2 as far again
 * @returns for each place the probabilities of the n lines, 0…1
 * @throws UserError if there are not as many samples and labels as images, or a label is no class
 */
export async function probabilitiesAlong(
  classifier: FrozenClassifier,
  base: tf.Tensor4D,
  samples: tf.Tensor4D,
  labels: ArrayLike<number>,
  places: readonly number[],
): Promise<number[][]> {
  if (String(samples.shape) !== String(base.shape) || labels.length !== base.shape[0]) {
    throw new UserError(
      `${labels.length} labels and samples of shape [${samples.shape}] do not belong to images of ` +
        `shape [${base.shape}]; give a sample and a label for each image`,
    );
  }
  checkClassifier(classifier);
  const { classes } = classifier;
  checkClasses(labels.length, classes, { labels });
  if (labels.length === 0) return places.map(() => []);
  const found: number[][] = [];
  for (const place of places) {
    const logits = await readLogits(
      classifier,
      () => tf.add(base, tf.mul(tf.sub(samples, base), place)),
    );
    const probabilities = softmaxRows(logits, classes);
    found.push(Array.from(labels, (label, row) => probabilities[row * classes + label]));
  }
  return found;
}
