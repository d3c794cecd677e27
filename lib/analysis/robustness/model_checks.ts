/**
 * What about a classifier makes gradient-based attacks on it say little; after the checks that
 * AutoAttack does (Croce and Hein 2020, `autoattack/checks.py`). Each gives a sentence, or null.
 */
import { topClasses } from "../../selection/probabilities.ts";

/** Rounding in float32 and bfloat16 stays below this. */
const SUM_TOLERANCE = 1e-3;

/** Two passes over the same images on a GPU may differ by so much, relative to the largest logit. */
const REPEAT_TOLERANCE = 1e-4;

/** Whether what should be logits is in 0…1 and adds up to 1 for every image. */
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

/** Whether two passes over the same images gave different logits. */
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
 * Whether there are images on which the gradient of the attack's loss is exactly zero.
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
