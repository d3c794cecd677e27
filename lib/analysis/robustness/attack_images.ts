import seedrandom from "seedrandom";
import type { Batches } from "./batches.ts";
import type { Budget } from "./budget.ts";
import type { LabelledImages } from "./labelled_images.ts";
import type { RobustnessAttack } from "./robustness_attack.ts";
import { stagesFor } from "./robustness_row.ts";
import { withstanding } from "./withstanding.ts";
import type { FrozenClassifier } from "../../nn/frozen_classifier.ts";

/** How images are attacked, besides by what and how far. */
export interface AttackImagesSettings {
  readonly seed: number;
  readonly batches: Batches;
  /** Told how many images have fallen or withstood all stages. */
  readonly onProgress?: (done: number) => void;
}

/**
 * The images that a classifier is still right about after every stage of an attack.
 *
 * A stage's random numbers are a function of (seed, attack, stage, ball): the images that it draws
 * them for are the same, and in the same order, whatever the size of a batch.
 *
 * @param rows indices of images that it is right about without an attack
 * @returns some of them, in their order
 * @throws UserError as {@linkcode withstanding} does
 */
export async function attackImages(
  classifier: FrozenClassifier,
  set: LabelledImages,
  rows: readonly number[],
  attack: RobustnessAttack,
  { norm, epsilon }: Budget,
  { seed, batches, onProgress }: AttackImagesSettings,
): Promise<readonly number[]> {
  const stages = stagesFor(attack, classifier.classes);
  let left = rows;
  for (const [index, stage] of stages.entries()) {
    const stream = `${seed}/robustness/${attack.name}/${stage.name}/${norm}/${epsilon}`;
    const random = seedrandom(stream) as () => number;
    const isLast = index === stages.length - 1;
    let done = rows.length - left.length;
    left = await batches.filter(left, async (batch) => {
      const held = await withstanding(classifier, set, batch, stage, { norm, epsilon }, random);
      done += isLast ? batch.length : batch.length - held.length;
      onProgress?.(done);
      return held;
    });
  }
  return left;
}
