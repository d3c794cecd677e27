import type * as tf from "@tensorflow/tfjs";
import { integer, oneOf, type Options, resolveOptions } from "../options.ts";
import { isClass, softmaxRows, topClasses } from "../tensors/rows.ts";
import { UserError } from "../user_error.ts";

/** Options of `selectBaseSamples`, with the values of Heo et al. (2019) as defaults. */
export const baseSampleOptions = {
  /** N: the largest number of base samples in a mini-batch; the rule "all" ignores it */
  count: integer(64, { min: 1 }),
  /**
   * The choice among the samples that both networks classify correctly: "difference" takes the ones
   * on which student and teacher differ most, "random" draws `count`, "first" takes the first `count`
   * of the batch, whose order is random, "all" takes them all.
   */
  rule: oneOf("difference", ["difference", "random", "first", "all"]),
};

export type BaseSampleOptions = Options<typeof baseSampleOptions>;

/** The samples of a mini-batch that the attack starts from. */
export interface BaseSamples {
  /** Their indices in the mini-batch; for the rule "difference", the largest score first */
  readonly indices: Int32Array;
  /** `Σ_{c≠y} (softmax_t − softmax_s)²` of each */
  readonly scores: Float64Array;
}

/**
 * Selects base samples (Heo et al. 2019). Candidates are the samples that teacher and
 * student both classify correctly. The rule "difference" takes the `count` candidates with the largest
 * difference between the networks' probabilities of the other classes, at temperature 1.
 *
 * @param teacherLogits `[n, classes]`
 * @param studentLogits `[n, classes]`, of the student in training mode
 * @param labels n class indices
 * @param random gives numbers in [0, 1), one for each candidate, for the rule "random"
 * @throws UserError for a bad option, if the sizes differ, or for a label that is no class
 */
export async function selectBaseSamples(
  teacherLogits: tf.Tensor2D,
  studentLogits: tf.Tensor2D,
  labels: ArrayLike<number>,
  options: Partial<BaseSampleOptions> = {},
  random: () => number = Math.random,
): Promise<BaseSamples> {
  const { count, rule } = resolveOptions("selectBaseSamples", baseSampleOptions, options);
  checkInput(teacherLogits, studentLogits, labels);
  const classes = teacherLogits.shape[1];
  // Both small matrices are read once; the rest in plain numbers costs less than one operation.
  const [teacher, student] = await Promise.all([teacherLogits.data(), studentLogits.data()]);
  const [topT, topS] = [topClasses(teacher, classes), topClasses(student, classes)];
  const [softmaxT, softmaxS] = [softmaxRows(teacher, classes), softmaxRows(student, classes)];

  const candidates: { index: number; score: number; key: number }[] = [];
  for (let index = 0; index < labels.length; index++) {
    const y = labels[index];
    if (topT[index] !== y || topS[index] !== y) continue;
    // Σ_{c≠y} (softmax_t − softmax_s)²
    let score = 0;
    for (let c = 0; c < classes; c++) {
      if (c !== y) score += (softmaxT[index * classes + c] - softmaxS[index * classes + c]) ** 2;
    }
    const key = rule === "difference" ? score : rule === "random" ? random() : 0;
    candidates.push({ index, score, key });
  }
  // The sort is stable: equal keys stay in the order of the batch.
  candidates.sort((a, b) => b.key - a.key);
  const chosen = candidates.slice(0, mostBaseSamples({ count, rule }, candidates.length));
  return {
    indices: Int32Array.from(chosen, ({ index }) => index),
    scores: Float64Array.from(chosen, ({ score }) => score),
  };
}

/** Counts the base samples among so many candidates. */
export function mostBaseSamples({ count, rule }: BaseSampleOptions, candidates: number): number {
  return rule === "all" ? candidates : Math.min(count, candidates);
}

function checkInput(
  teacherLogits: tf.Tensor2D,
  studentLogits: tf.Tensor2D,
  labels: ArrayLike<number>,
): void {
  const [count, classes] = teacherLogits.shape;
  const isSame = String(teacherLogits.shape) === String(studentLogits.shape);
  if (!isSame || labels.length !== count) {
    throw new UserError(
      `teacher logits [${teacherLogits.shape}], student logits [${studentLogits.shape}] and ` +
        `${labels.length} labels do not match; give logits of the same shape, and one label per row`,
    );
  }
  const wrong = Array.from(labels).find((label) => !isClass(label, classes));
  if (wrong !== undefined) {
    throw new UserError(`a label is ${wrong}; give class indices from 0 to ${classes - 1}`);
  }
}
