import type * as tf from "@tensorflow/tfjs";
import { UserError } from "../user_error.ts";

/**
 * @param least how many there must be
 * @throws UserError if there are less, or the one network gives more feature maps than the other
 */
export function requireSameStages(
  teacher: readonly tf.Tensor4D[],
  student: readonly tf.Tensor4D[],
  least = 1,
): void {
  if (teacher.length === student.length && student.length >= least) return;
  throw new UserError(
    `student and teacher have ${student.length} and ${teacher.length} stages or hidden layers, but ` +
      `must have as many, and at least ${least}, to be compared one by one`,
  );
}

/**
 * What a network has for one of its stages or hidden layers.
 *
 * @param index counted from the last one if it is negative
 * @throws UserError if it has none at all
 */
export function stageAt<T>(stages: readonly T[], index: number): T {
  const stage = stages.at(index);
  if (stage !== undefined) return stage;
  throw new UserError(
    `a network without stages or hidden layers has no features to compare; both student and ` +
      `teacher need one at least`,
  );
}

/** @throws UserError if height or width of two feature maps differ */
export function requireSameSize(teacher: tf.Tensor4D, student: tf.Tensor4D): void {
  const [of, to] = [teacher, student].map(({ shape: [, height, width] }) => `${height}×${width}`);
  if (of === to) return;
  throw new UserError(
    `feature maps of ${of} and ${to} cannot be compared; teacher and student need stages of the ` +
      `same height and width, as two of "resnet8", "resnet14", … have, or two of "resnet10-4stage", …`,
  );
}
