import * as tf from "@tensorflow/tfjs";
import { logitStep } from "./shared.ts";
import { defineMethod } from "./method.ts";
import { warmUp } from "./schedules.ts";
import { number } from "../options.ts";
import { klDivergence } from "./soft_cross_entropy.ts";

const options = {
  /** α, on the divergence between the labelled class and the others */
  targetWeight: number(1, { min: 0 }),
  /** β, on the divergence among the others */
  othersWeight: number(1, { min: 0 }),
  /** T, of teacher and student alike */
  temperature: number(4, { above: 0 }),
  /** Over this share of the epochs both weights rise to theirs; their code: 20 of 240 */
  warmUpShare: number(1 / 12, { min: 0, max: 1 }),
};

/**
 * Decoupled knowledge distillation (Zhao et al. 2022): cross-entropy, and the divergence from the
 * teacher in two parts with weights of their own.
 *
 * Where it departs from their paper: epochs and learning rate are those of the other methods here, so
 * the warm-up of their code is a share of the epochs, and β is 1, where for small ResNets on CIFAR-100
 * it is 2 at half the learning rate. (For others it is up to 8, with which students of a few epochs do
 * worse here than without a teacher.)
 */
export const dkd = defineMethod({
  name: "dkd",
  summary: "the teacher's logits, labelled class and others apart (Zhao et al. 2022)",
  options,
  step({ targetWeight, othersWeight, temperature, warmUpShare }, context) {
    const { labels, epoch, epochs } = context;
    const part = warmUp(epoch, epochs, warmUpShare);
    return logitStep(context, (teacher, student) => {
      const { target, others } = decoupledDivergence(labels, teacher, student, temperature);
      return {
        target_class: tf.mul(target, part * targetWeight),
        other_classes: tf.mul(others, part * othersWeight),
      };
    });
  },
});

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
