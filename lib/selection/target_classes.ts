import type * as tf from "@tensorflow/tfjs";
import { oneOf, type Options, resolveOptions } from "../options.ts";
import { isClass, mostProbableOthers, softmaxRows } from "../tensors/rows.ts";
import { UserError } from "../user_error.ts";

/** Options of `sampleTargetClasses`, with the rule of Heo et al. (2019) as default. */
export const targetClassOptions = {
  /**
   * The choice among the classes other than the base class: "probability" draws in proportion to the
   * teacher's probabilities, "random" draws uniformly, "second" takes the most probable and "least
   * likely" the least probable.
   */
  rule: oneOf("probability", ["probability", "random", "second", "least likely"]),
};

export type TargetClassOptions = Options<typeof targetClassOptions>;

/**
 * Draws a target class for each sample (Heo et al. 2019): class k ≠ b with probability
 * `q_k / (1 − q_b)`, where b is the base class and q the teacher's softmax at temperature 1. One
 * uniform number per sample inverts the cumulative sum over the other classes, most probable first.
 *
 * @param teacherLogits `[n, classes]`, at least 2 classes
 * @param baseClass n class indices
 * @param uniform n numbers in [0, 1); rules that do not draw ignore them
 * @returns n class indices, none of them the base class
 * @throws UserError for a bad option, class or number, or if the sizes differ
 */
export async function sampleTargetClasses(
  teacherLogits: tf.Tensor2D,
  baseClass: ArrayLike<number>,
  uniform: ArrayLike<number>,
  options: Partial<TargetClassOptions> = {},
): Promise<Int32Array> {
  const { rule } = resolveOptions("sampleTargetClasses", targetClassOptions, options);
  checkArguments(teacherLogits, baseClass, uniform, rule);
  const classes = teacherLogits.shape[1];
  const logits = await teacherLogits.data();
  const q = softmaxRows(logits, classes);
  return Int32Array.from(mostProbableOthers(logits, classes, baseClass), (others, i) => {
    switch (rule) {
      case "probability":
        return invertCumulativeSum(others, q.subarray(i * classes, (i + 1) * classes), uniform[i]);
      case "second":
        return others[0];
      case "least likely":
        return others.at(-1)!;
      case "random":
        return others[Math.min(Math.floor(uniform[i] * others.length), others.length - 1)];
    }
  });
}

/** Finds the first class at which the cumulative sum, normalised to 1, exceeds u. */
function invertCumulativeSum(others: number[], q: Float64Array, u: number): number {
  // Sums over the others, since 1 − q_b loses its digits where q_b is close to 1.
  const total = others.reduce((sum, c) => sum + q[c], 0);
  // The base class is so probable that all others are 0 in float64; takes the most probable.
  if (total === 0) return others[0];
  let cumulative = 0;
  for (const c of others) {
    cumulative += q[c];
    if (cumulative > u * total) return c;
  }
  return others.at(-1)!;
}

function checkArguments(
  teacherLogits: tf.Tensor2D,
  baseClass: ArrayLike<number>,
  uniform: ArrayLike<number>,
  rule: TargetClassOptions["rule"],
): void {
  const [count, classes] = teacherLogits.shape;
  if (classes < 2 || baseClass.length !== count || uniform.length !== count) {
    throw new UserError(
      `teacher logits [${teacherLogits.shape}] need at least 2 classes, and one base class and one ` +
        `uniform number per row, but there are ${baseClass.length} and ${uniform.length}`,
    );
  }
  const wrongClass = Array.from(baseClass).find((k) => !isClass(k, classes));
  if (wrongClass !== undefined) {
    throw new UserError(`a base class is ${wrongClass}; give classes from 0 to ${classes - 1}`);
  }
  const draws = rule === "probability" || rule === "random";
  // In float32, a number just below 1 may be 1.
  const wrong = draws ? Array.from(uniform).find((u) => !(u >= 0 && u <= 1)) : undefined;
  if (wrong !== undefined) {
    throw new UserError(`a uniform number is ${wrong}; give numbers in [0, 1)`);
  }
}
