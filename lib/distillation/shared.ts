import * as tf from "@tensorflow/tfjs";
import {
  defineMethod,
  type DistillationMethod,
  type MethodDefinition,
  optionRules,
  type PassCount,
  type StepContext,
} from "./method.ts";
import type { Options, Rules } from "../options.ts";
import { UserError } from "../user_error.ts";
import type { NetworkOutput } from "../nn/network.ts";
import { crossEntropy } from "./soft_cross_entropy.ts";

/** A first stage of training, before another method. */
export interface FirstStage<R extends Rules>
  extends Pick<MethodDefinition<R>, "name" | "options" | "createVariables" | "step"> {
  /**
   * Gives its epochs as a share of the epochs of the method that follows. The learning rate falls within them, too,
   * so a first stage of one epoch trains at a hundredth of the full rate.
   */
  share(options: Options<R>): number;
  readonly passes: PassCount;
}

/**
 * Makes a method of two stages, with the options of both: a first stage of at least one epoch, then
 * another method.
 *
 * @param second a method that trains nothing but the student
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
      ...optionRules(second, given),
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
 * Takes a step on the cross-entropy and on a loss that compares the logits of student and teacher.
 *
 * @param loss computes its terms from the logits of both, `[n, classes]`
 * @throws UserError if one of them is called "cross_entropy", as the one on the labels is
 */
export async function logitStep(
  { images, labels, teacherPass, studentPass }: StepContext,
  loss: (teacher: tf.Tensor2D, student: tf.Tensor2D) => Record<string, tf.Scalar>,
): Promise<void> {
  const teacher = await teacherPass();
  await studentPass(images, ({ logits }) => {
    // First: the order on the gradient tape is the order in which gradients are added up.
    const onLabels = crossEntropy(labels, logits);
    const terms = loss(teacher, logits);
    if ("cross_entropy" in terms) {
      throw new UserError(
        'logitStep() adds the term "cross_entropy", on the labels; give yours another name',
      );
    }
    return { cross_entropy: onLabels, ...terms };
  });
}

/**
 * Takes a step on a loss that compares the feature maps of student and teacher.
 *
 * @param loss computes its terms from the outputs of both
 */
export async function featureStep(
  { images, teacherFeatures, studentPass }: StepContext,
  loss: (student: NetworkOutput, teacher: NetworkOutput) => Record<string, tf.Scalar>,
): Promise<void> {
  const teacher = await teacherFeatures();
  await studentPass(images, (student) => loss(student, teacher));
}

/**
 * Takes the entry of one stage or hidden layer of a network.
 *
 * @param index a negative index counts from the last stage
 * @throws UserError if the network has no stage
 */
export function stageAt<T>(stages: readonly T[], index: number): T {
  const stage = stages.at(index);
  if (stage !== undefined) return stage;
  throw new UserError(
    `a network without stages or hidden layers has no features to compare; student and teacher each ` +
      `need at least one`,
  );
}

/**
 * Checks that two networks give the same number of feature maps, and at least `least`.
 *
 * @throws UserError if they do not
 */
export function requireSameStages(
  teacher: readonly unknown[],
  student: readonly unknown[],
  least = 1,
): void {
  if (teacher.length === student.length && student.length >= least) return;
  throw new UserError(
    `student and teacher have ${student.length} and ${teacher.length} stages or hidden layers; give ` +
      `both the same number, at least ${least}`,
  );
}

/**
 * Checks that two feature maps have the same height and width.
 *
 * @throws UserError if they do not
 */
export function requireSameSize(teacher: tf.Tensor4D, student: tf.Tensor4D): void {
  const [of, to] = [teacher, student].map(({ shape: [, height, width] }) => `${height}×${width}`);
  if (of === to) return;
  throw new UserError(
    `feature maps of ${of} and ${to} cannot be compared; teacher and student need stages of the same ` +
      `height and width, such as two of "resnet8", "resnet14", … or two of "resnet10-4stage", …`,
  );
}

/** Averages features over positions, `[n, h, w, c]` → `[n, c]`. */
export function averageOverPositions(features: tf.Tensor4D): tf.Tensor2D {
  return tf.mean(features, [1, 2]);
}

/** The smallest norm to divide by, as in PyTorch's `normalize` */
const SHORTEST = 1e-12;

/** Computes L2 norms along an axis, at least 1e-12; the axis stays, with extent 1, if `keepDims`. */
export function lengths(vectors: tf.Tensor, axis: number, keepDims = false): tf.Tensor {
  // The maximum is inside the root, since the gradient of a root at zero is infinite.
  return tf.sqrt(tf.maximum(tf.sum(tf.square(vectors), axis, keepDims), SHORTEST ** 2));
}

/** Divides each row of `[n, m]` by its L2 norm. */
export function normaliseRows(rows: tf.Tensor2D): tf.Tensor2D {
  return tf.div(rows, lengths(rows, 1, true));
}
