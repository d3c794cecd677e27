import * as tf from "@tensorflow/tfjs";
import { klDivergence } from "./kl_divergence.ts";

/** Taken off a logit, it leaves a probability of exactly zero, and products with that are zero too. */
const HIDDEN = 1e9;

/**
 * The two parts of the divergence of teacher and student (Zhao et al. 2022), `T²·KL`, mean over the
 * batch: between the probabilities of the labelled class and of all others together, and among the
 * others. Both come from logits, so that no probability of zero meets a logarithm.
 *
 * @param labels `[n]`, int32
 * @param teacherLogits `[n, classes]`, taken as constant
 * @param studentLogits `[n, classes]`
 */
export function decoupledDivergence(
  labels: tf.Tensor1D,
  teacherLogits: tf.Tensor2D,
  studentLogits: tf.Tensor2D,
  temperature: number,
): { readonly target: tf.Scalar; readonly others: tf.Scalar } {
  const label = tf.oneHot(labels, studentLogits.shape[1]).toFloat();
  const others = (logits: tf.Tensor2D): tf.Tensor2D => tf.sub(logits, tf.mul(label, HIDDEN));
  // Of two classes: the labelled one, and the others taken together.
  const target = (logits: tf.Tensor2D) => {
    const together = tf.logSumExp(tf.div(others(logits), temperature), 1);
    const ofLabel = tf.sum(tf.mul(logits, label), 1);
    return tf.stack([ofLabel, tf.mul(together, temperature)], 1) as tf.Tensor2D;
  };
  return {
    target: klDivergence(target(teacherLogits), target(studentLogits), temperature),
    others: klDivergence(others(teacherLogits), others(studentLogits), temperature),
  };
}
