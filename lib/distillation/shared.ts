import * as tf from "@tensorflow/tfjs";
import {
  defineMethod,
  type DistillationMethod,
  type MethodDefinition,
  type PassCount,
  type StepContext,
} from "./method.ts";
import type { Options, Rules } from "../options.ts";
import { UserError } from "../user_error.ts";
import type { NetworkOutput } from "../nn/network.ts";
import { crossEntropy } from "./soft_cross_entropy.ts";

/** A first stage of training, which teaches the student something of its teacher. */
export interface FirstStage<R extends Rules>
  extends Pick<MethodDefinition<R>, "name" | "options" | "createVariables" | "step"> {
  /** Gives its epochs as a share of those of the method that follows. */
  share(options: Options<R>): number;
  readonly passes: PassCount;
}

/**
 * Makes a method of two stages: a first one of at least an epoch, then another method, with the options of
 * both.
 *
 * @param second trains nothing but the student
 */
export function twoStages(
  { name, summary }: Pick<DistillationMethod, "name" | "summary">,
  first: FirstStage<Rules>,
  second: DistillationMethod,
): DistillationMethod {
  return defineMethod<Rules>({
    name,
    summary,
    options: { ...first.options, ...second.options },
    optionsFor: (given) => ({
      ...first.options,
      ...(second.optionsFor?.(given) ?? second.options),
    }),
    stages: (options, epochs) => [
      { name: first.name, epochs: Math.max(1, Math.round(first.share(options) * epochs)) },
      ...second.stages(options, epochs),
    ],
    passes: (options, batchSize, stage) =>
      stage === first.name ? first.passes : second.passes(options, batchSize, stage),
    createVariables: first.createVariables,
    step: (options, context) =>
      (context.stage === first.name ? first : second).step(options, context),
  });
}

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

/**
 * Takes a step on a loss that compares the student with the teacher by more than their logits.
 *
 * @param loss from the outputs of both, and the method's own variables, to the terms of the loss
 */
export async function featureStep(
  { images, teacherFeatures, studentPass }: StepContext,
  loss: (
    student: NetworkOutput,
    teacher: NetworkOutput,
    own: ReadonlyMap<string, tf.Variable>,
  ) => Record<string, tf.Scalar>,
): Promise<void> {
  const teacher = await teacherFeatures();
  await studentPass(images, (student, own) => loss(student, teacher, own));
}

/**
 * Takes a step on the cross-entropy and on a loss that compares the student with the teacher by logits.
 *
 * @param loss from the logits of both, `[n, classes]`, to the terms of the loss
 */
export async function logitStep(
  { images, labels, teacherPass, studentPass }: StepContext,
  loss: (teacher: tf.Tensor2D, student: tf.Tensor2D) => Record<string, tf.Scalar>,
): Promise<void> {
  const teacher = await teacherPass();
  await studentPass(images, ({ logits }) => ({
    cross_entropy: crossEntropy(labels, logits),
    ...loss(teacher, logits),
  }));
}

/** Against a division by zero, as PyTorch's `normalize` has it. */
const SHORTEST = 1e-12;

/** Each row divided by its L2 norm, `[n, m]`. */
export function normaliseRows(rows: tf.Tensor2D): tf.Tensor2D {
  // The maximum inside the root, whose gradient at zero would be infinite.
  const norm = tf.sqrt(tf.maximum(tf.sum(tf.square(rows), 1, true), SHORTEST ** 2));
  return tf.div(rows, norm);
}
