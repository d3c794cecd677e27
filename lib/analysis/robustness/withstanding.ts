import * as tf from "@tensorflow/tfjs";
import { type Budget, epsilonText, NORM_NAMES, radiusOf } from "./budget.ts";
import type { LabelledImages } from "./labelled_images.ts";
import type { RobustnessStage } from "./robustness_attack.ts";
import { ballCheck, finiteCheck, pixelBoxCheck } from "./sample_checks.ts";
import type { FrozenClassifier } from "../../nn/frozen_classifier.ts";
import { gatherRows } from "../../nn/gather_rows.ts";
import { topClasses } from "../../selection/probabilities.ts";
import { UserError } from "../../user_error.ts";

/**
 * Attacks a batch of images and gives which of them the classifier is still right about.
 *
 * The classifier is asked once more about the samples, so that nothing rests on what an attack says
 * of itself.
 *
 * @param rows the batch, as indices of images
 * @param random numbers in [0, 1)
 * @throws UserError naming attack and ε if samples leave the ball or 0…1, or are not finite, or the
 *   attack itself fails
 */
export async function withstanding(
  classifier: FrozenClassifier,
  { images, labels }: LabelledImages,
  rows: readonly number[],
  stage: RobustnessStage,
  budget: Budget,
  random: () => number,
): Promise<number[]> {
  const name = `${stage.name} with ε = ${epsilonText(budget)} in ${NORM_NAMES[budget.norm]}`;
  const batch = gatherRows(images, rows);
  const held: tf.Tensor[] = [batch];
  try {
    const ball = { norm: budget.norm, epsilon: radiusOf(budget) };
    const own = rows.map((row) => labels[row]);
    const attacked = await stage.run(classifier, batch, own, ball, random).catch((error) => {
      throw error instanceof UserError ? new UserError(`${name}: ${error.message}`) : error;
    });
    held.push(attacked.samples, attacked.logits);
    const again = classifier.logits(attacked.samples);
    held.push(again);
    const [before, samples, logits, values] = await Promise.all(
      [batch, attacked.samples, attacked.logits, again].map((tensor) => tensor.data()),
    );
    const wrong = finiteCheck(samples, "samples") ??
      finiteCheck(logits, "logits") ??
      finiteCheck(values, "logits") ??
      pixelBoxCheck(samples) ??
      ballCheck(samples, before, rows.length, { norm: ball.norm, radius: ball.epsilon });
    if (wrong !== null) throw new UserError(`${name} ${wrong}`);
    const top = topClasses(values, classifier.classes);
    return rows.filter((row, i) => top[i] === labels[row]);
  } finally {
    tf.dispose(held);
  }
}
