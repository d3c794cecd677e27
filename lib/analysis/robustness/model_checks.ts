import * as tf from "@tensorflow/tfjs";
import { cleanLogits } from "./clean_logits.ts";
import type { LabelledImages } from "./labelled_images.ts";
import { classDifference } from "../../attack/attack.ts";
import type { FrozenClassifier } from "../../nn/frozen_classifier.ts";
import { Held } from "../../tensors/held.ts";
import { gatherRows, mostProbableOthers, topClasses } from "../../tensors/rows.ts";

/**
 * Lists the reasons why gradient-based attacks on the classifier say little. The checks are after those
 * of AutoAttack (Croce and Hein 2020, `autoattack/checks.py`).
 *
 * @param rows the indices of the images to check it on; none for no check
 */
export async function checkModel(
  classifier: FrozenClassifier,
  { images, labels }: LabelledImages,
  rows: readonly number[],
): Promise<string[]> {
  if (rows.length === 0) return [];
  const first = await cleanLogits(classifier, images, rows);
  const second = await cleanLogits(classifier, images, rows);
  const gradients = await gapGradients(classifier, images, rows, first, labels);
  return [
    probabilitiesCheck(first, classifier.classes),
    randomisedCheck(first, second, classifier.classes),
    zeroGradientCheck(gradients, rows.length),
  ].filter((warning) => warning !== null);
}

/**
 * Computes the gradients of the label's logit minus that of the most probable other class,
 * `[rows, …]`, row-major. Unlike those of the cross-entropy, they do not underflow where the
 * classifier is sure.
 */
async function gapGradients(
  classifier: FrozenClassifier,
  images: tf.Tensor4D,
  rows: readonly number[],
  logits: Float32Array,
  labels: ArrayLike<number>,
): Promise<Float32Array> {
  const own = rows.map((row) => labels[row]);
  const others = mostProbableOthers(logits, classifier.classes, own).map(([first]) => first);
  using held = new Held();
  const pass = held.keep(classifier.pullback(held.keep(gatherRows(images, rows))));
  held.keep(pass.logits);
  const toImages = () => pass.toImages(classDifference(own, others, classifier.classes));
  return await held.keep(tf.tidy(toImages)).data<"float32">();
}

/** The tolerance for a sum of 1; rounding in float32 and bfloat16 stays below it. */
const SUM_TOLERANCE = 1e-3;

/** The allowed difference of two passes, as on a GPU, relative to the largest logit. */
const REPEAT_TOLERANCE = 1e-4;

/** Checks whether the logits of every image are in 0…1 and add up to 1. */
export function probabilitiesCheck(logits: ArrayLike<number>, classes: number): string | null {
  if (logits.length === 0) return null;
  for (let row = 0; row < logits.length; row += classes) {
    let sum = 0;
    for (let k = 0; k < classes; k++) {
      if (!(logits[row + k] >= 0 && logits[row + k] <= 1)) return null;
      sum += logits[row + k];
    }
    if (Math.abs(sum - 1) > SUM_TOLERANCE) return null;
  }
  return "the classifier seems to give probabilities instead of logits: on every image its outputs " +
    "are in 0…1 and add up to 1. Its gradients vanish where it is sure, so that attacks find too " +
    "little; measure it without its softmax";
}

/** Checks whether two passes over the same images gave different logits. */
export function randomisedCheck(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  classes: number,
): string | null {
  let largest = 0;
  let difference = 0;
  for (let i = 0; i < first.length; i++) {
    largest = Math.max(largest, Math.abs(first[i]));
    difference = Math.max(difference, Math.abs(first[i] - second[i]));
  }
  if (difference <= REPEAT_TOLERANCE * largest) return null;
  const top = topClasses(second, classes);
  const moved = topClasses(first, classes).filter((k, row) => k !== top[row]).length;
  return `the classifier is randomised: two passes over the same ${top.length} images differ by up ` +
    `to ${difference.toPrecision(2)} in a logit and put ${moved} of them in another class. One ` +
    "gradient says little of it; attacks would have to average over many";
}

/**
 * Checks whether the gradient of the attack's loss is exactly zero on some images.
 *
 * @param gradients `[n, …]`, row-major
 */
export function zeroGradientCheck(gradients: ArrayLike<number>, count: number): string | null {
  const size = gradients.length / count;
  let zero = 0;
  for (let row = 0; row < count; row++) {
    let i = 0;
    while (i < size && gradients[row * size + i] === 0) i++;
    if (i === size) zero++;
  }
  if (zero === 0) return null;
  return `the gradient is zero on ${zero} of ${count} images: gradient-based attacks do not move ` +
    "them, and the robust accuracy may be far too high";
}
