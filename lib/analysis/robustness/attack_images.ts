import seedrandom from "seedrandom";
import * as tf from "@tensorflow/tfjs";
import { filterInBatches } from "./batches.ts";
import { type Budget, epsilonText, NORM_NAMES, radiusOf } from "./budget.ts";
import type { LabelledImages } from "./labelled_images.ts";
import type { RobustnessAttack, RobustnessStage } from "./robustness_attack.ts";
import { stagesFor } from "./robustness_row.ts";
import type { FrozenClassifier } from "../../nn/frozen_classifier.ts";
import { ballCheck, finiteCheck, pixelBoxCheck } from "./sample_checks.ts";
import { gatherRows, topClasses } from "../../tensors/rows.ts";
import { UserError } from "../../user_error.ts";

/** Settings of `attackImages` besides the attack and its budget. */
export interface AttackImagesSettings {
  readonly seed: number;
  readonly batchSize: number;
  /** Told how many images have fallen or withstood all stages. */
  readonly onProgress?: (done: number) => void;
}

/**
 * Attacks images with one stage after the other, each image until one breaks it.
 *
 * An image's random numbers depend on seed, attack, stage, ball and its index alone. So two networks
 * are attacked from the same starts, whatever other images each gets right.
 *
 * @param rows indices of images that are classified correctly without an attack
 * @returns the indices that withstand, in their order, and the number that each stage broke
 * @throws UserError as {@linkcode withstanding} does
 */
export async function attackImages(
  classifier: FrozenClassifier,
  set: LabelledImages,
  rows: readonly number[],
  attack: RobustnessAttack,
  { norm, epsilon }: Budget,
  { seed, batchSize, onProgress }: AttackImagesSettings,
): Promise<{ left: readonly number[]; broken: Readonly<Record<string, number>> }> {
  const stages = stagesFor(attack, classifier.classes);
  const broken: Record<string, number> = {};
  let left = rows;
  for (const [index, stage] of stages.entries()) {
    const stream = `${seed}/robustness/${attack.name}/${stage.name}/${norm}/${epsilon}`;
    const isLast = index === stages.length - 1;
    const before = left.length;
    let done = rows.length - before;
    left = await filterInBatches(left, batchSize, async (batch) => {
      const draws = batch.map((row) => Number(seedrandom(`${stream}/${row}`)())).values();
      const random = () => draws.next().value!;
      const held = await withstanding(classifier, set, batch, stage, { norm, epsilon }, random);
      done += isLast ? batch.length : batch.length - held.length;
      onProgress?.(done);
      return held;
    });
    broken[stage.name] = before - left.length;
  }
  return { left, broken };
}

/**
 * Attacks a batch of images and returns those that the classifier still classifies correctly.
 *
 * It classifies the samples again, so that no result depends on an attack's own report.
 *
 * @param rows the indices of the batch's images
 * @param random numbers in [0, 1), one for each image
 * @throws UserError naming attack and ε if samples leave the ball or 0…1, if they are not finite,
 *   or if the attack fails
 */
async function withstanding(
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
    const run = async () => await stage.run(classifier, batch, own, ball, random);
    const attacked = await run().catch((error) => {
      throw error instanceof UserError ? new UserError(`${name}: ${error.message}`) : error;
    });
    held.push(...[attacked?.samples, attacked?.logits].filter((tensor) => tensor !== undefined));
    const has = `samples [${attacked?.samples?.shape}] and logits [${attacked?.logits?.shape}]`;
    const needs = `samples [${batch.shape}] and logits [${[rows.length, classifier.classes]}]`;
    if (has !== needs) throw new UserError(`${name} gives ${has}, but must give ${needs}`);
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
