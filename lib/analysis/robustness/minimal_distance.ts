import seedrandom from "seedrandom";
import * as tf from "@tensorflow/tfjs";
import { cleanLogits } from "./clean_logits.ts";
import { checkLabelledImages, type LabelledImages } from "./labelled_images.ts";
import { distanceAlong } from "../boundary/distance_along.ts";
import type { AttackResult } from "../../attack/attack.ts";
import { type Norm, sizes } from "../../attack/ball.ts";
import { deepFoolAttack } from "../../attack/deepfool.ts";
import { pgdAttack } from "../../attack/pgd.ts";
import type { FrozenClassifier } from "../../nn/frozen_classifier.ts";
import { gatherRows, topClasses } from "../../tensors/rows.ts";
import { stopPoint } from "../../stop/until_stopped.ts";

/** The radii at which PGD is tried, in pixels 0…1: from 1/8 to 16 of 255, each √2 times the last. */
const RADII = Array.from({ length: 15 }, (_, k) => 2 ** (k / 2 - 3) / 255);

/**
 * Measures how far each image is from being misclassified.
 *
 * For L2, it takes DeepFool's sample. For L∞, it tries PGD with 20 steps at growing radii, up to 16
 * of 255, and takes the first sample that is misclassified. Then it looks for the boundary between
 * image and sample. The distance is an upper bound, as every attack's,
 * but for the search's error of up to 1/8192 of it.
 *
 * @param classifier takes pixels in 0…1
 * @returns in pixels 0…1; 0 for images that are misclassified as they are, and Infinity for those
 *   that withstand
 * @throws UserError for bad images or labels, or logits that are not finite
 * @throws DOMException "AbortError" if the work around it was stopped
 */
export async function minimalDistances(
  classifier: FrozenClassifier,
  set: LabelledImages,
  norm: Norm,
  { batchSize = 64 } = {},
): Promise<number[]> {
  await checkLabelledImages(set, classifier.classes);
  const distances: number[] = [];
  const count = set.images.shape[0];
  for (let from = 0; from < count; from += batchSize) {
    const rows = Array.from({ length: Math.min(batchSize, count - from) }, (_, k) => from + k);
    await stopPoint();
    const top = topClasses(await cleanLogits(classifier, set.images, rows), classifier.classes);
    const isRight = (row: number) => top[row - from] === set.labels[row];
    rows.forEach((row) => distances[row] = isRight(row) ? Infinity : 0);
    let left = rows.filter(isRight);
    for (const [level, attack] of attacksOf(norm).entries()) {
      if (left.length === 0) break;
      await stopPoint();
      const draws = left.map((row) => Number(seedrandom(`1/minimal/${level}/${row}`)()));
      const found = await distancesBy(attack, classifier, set, left, norm, draws);
      left.forEach((row, i) => distances[row] = found[i] ?? Infinity);
      left = left.filter((_, i) => found[i] === null);
    }
  }
  return distances;
}

/** An attack at one level of the search. */
type LevelAttack = (
  ...args: [FrozenClassifier, tf.Tensor4D, readonly number[], () => number]
) => Promise<AttackResult>;

/** Gives the attacks that are tried one after the other on the images that are left. */
function attacksOf(norm: Norm): readonly LevelAttack[] {
  if (norm === "l2") {
    return [(classifier, images, labels) => deepFoolAttack(classifier, images, { labels })];
  }
  // All steps, since a sample in a corner of the ball gives the shortest distance on its way there.
  const options = { norm, maxSteps: 20, stepSize: 0.25, randomStart: true, earlyStop: false };
  return RADII.map((epsilon): LevelAttack => (classifier, images, labels, random) =>
    pgdAttack(classifier, images, { labels }, { ...options, epsilon }, { random })
  );
}

/**
 * Attacks images, and measures the distance to the boundary in the direction of the samples.
 *
 * @param draws a number in [0, 1) for each image
 * @returns null for an image whose sample the classifier gets right
 */
async function distancesBy(
  attack: LevelAttack,
  classifier: FrozenClassifier,
  { images, labels }: LabelledImages,
  rows: readonly number[],
  norm: Norm,
  draws: readonly number[],
): Promise<(number | null)[]> {
  const own = rows.map((row) => labels[row]);
  const numbers = draws.values();
  const batch = gatherRows(images, rows);
  const owned: tf.Tensor[] = [batch];
  try {
    const attacked = await attack(classifier, batch, own, () => numbers.next().value!);
    const { samples, logits, success, norms } = attacked;
    const moved = tf.sub(samples, batch) as tf.Tensor4D;
    const largest = sizes(moved, "linf");
    owned.push(samples, logits, moved, largest);
    const maxima = await largest.data();
    const along = await distanceAlong(classifier, batch, moved, norms, own);
    return along.map((distance, i) => {
      if (!success[i] || distance === null) return null;
      return norm === "l2" ? distance : distance / norms[i] * maxima[i];
    });
  } finally {
    tf.dispose(owned);
  }
}
