import * as tf from "@tensorflow/tfjs";
import type { DistillationMethod, PassCount, StepContext, StepReport } from "./method.ts";
import type { Options, Rules } from "../options.ts";
import { UserError } from "../user_error.ts";
import type { NetworkOutput } from "../nn/network.ts";
import { crossEntropy } from "./soft_cross_entropy.ts";

/** What a student learns from its teacher before another method trains it. */
export interface FirstStage<R extends Rules>
  extends Pick<DistillationMethod<R>, "name" | "options" | "createVariables" | "step"> {
  /** Its epochs, as a share of those of the method that follows. */
  share(options: Options<R>): number;
  readonly passes: PassCount;
}

/**
 * A method of two stages: a first one of at least an epoch, then another method as it is, with its
 * options beside those of the first.
 *
 * @param second trains nothing but the student
 */
export function twoStages<A extends Rules, B extends Rules>(
  { name, summary }: Pick<DistillationMethod, "name" | "summary">,
  first: FirstStage<A>,
  second: DistillationMethod<B>,
): DistillationMethod<A & B> {
  return {
    name,
    summary,
    options: { ...first.options, ...second.options },
    optionsFor: (given) => ({
      ...first.options,
      ...(second.optionsFor?.(given) ?? second.options),
    }),
    needsTeacher: true,
    stages: (options, epochs) => [
      { name: first.name, epochs: Math.max(1, Math.round(first.share(options as never) * epochs)) },
      ...second.stages(options as never, epochs),
    ],
    passes: (options, batchSize, stage) =>
      stage === first.name ? first.passes : second.passes(options as never, batchSize, stage),
    createVariables: first.createVariables as DistillationMethod<A & B>["createVariables"],
    step: (options, context) =>
      (context.stage === first.name ? first : second).step(options as never, context),
  };
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
 * A step on a loss that compares the student with the teacher by more than their logits.
 *
 * @param loss from the outputs of both, and what the method trains besides, to the terms of the loss
 */
export async function featureStep(
  { images, teacher, backward, timed }: StepContext,
  loss: (
    student: NetworkOutput,
    teacher: NetworkOutput,
    own: ReadonlyMap<string, tf.Variable>,
  ) => Record<string, tf.Scalar>,
): Promise<StepReport> {
  const taught = await timed("teacher", () => teacher.forward(images));
  try {
    await timed("student", () => {
      backward(images, (output, own) => loss(output, taught, own)).dispose();
    });
  } finally {
    tf.dispose([taught.logits, ...taught.features]);
  }
  return {};
}

/**
 * A step on the cross-entropy and on a loss that compares the student with the teacher by logits alone.
 *
 * @param loss from the logits of both, `[n, classes]`, to the terms of the loss
 */
export async function logitStep(
  { images, labels, cleanPass, backward, timed }: StepContext,
  loss: (teacher: tf.Tensor2D, student: tf.Tensor2D) => Record<string, tf.Scalar>,
): Promise<StepReport> {
  const clean = await timed("teacher", () => cleanPass({ pullback: false }));
  try {
    await timed("student", () => {
      backward(images, ({ logits }) => ({
        cross_entropy: crossEntropy(labels, logits),
        ...loss(clean.logits, logits),
      })).dispose();
    });
  } finally {
    clean.dispose();
  }
  return {};
}

/** Against a division by zero, as PyTorch's `normalize` has it. */
const SHORTEST = 1e-12;

/** Each row divided by its L2 norm, `[n, m]`. */
export function normaliseRows(rows: tf.Tensor2D): tf.Tensor2D {
  // The maximum inside the root, whose gradient at zero would be infinite.
  const norm = tf.sqrt(tf.maximum(tf.sum(tf.square(rows), 1, true), SHORTEST ** 2));
  return tf.div(rows, norm);
}
