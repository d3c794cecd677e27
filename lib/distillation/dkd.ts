import * as tf from "@tensorflow/tfjs";
import { logitStep } from "./shared.ts";
import { defineMethod } from "./method.ts";
import { warmUp } from "./schedules.ts";
import { number } from "../options.ts";
import { klDivergence } from "./soft_cross_entropy.ts";
import { standardised, standardiseOption } from "./standardise.ts";

const options = {
  /** α, the weight of the divergence between the labelled class and all others */
  targetWeight: number(1, { min: 0 }),
  /** β, the weight of the divergence among the others */
  othersWeight: number(1, { min: 0 }),
  /** T, of both teacher and student */
  temperature: number(4, { above: 0 }),
  ...standardiseOption,
  /** The share of the epochs over which both weights rise; 20 of 240 epochs in the published code */
  warmUpShare: number(1 / 12, { min: 0, max: 1 }),
};

/**
 * Decoupled knowledge distillation (Zhao et al. 2022): cross-entropy, and the divergence from the
 * teacher in two parts with separate weights.
 *
 * Deviations from their paper: epochs and learning rate are those of the other methods here, so the
 * warm-up is a share of the epochs. β is 1; theirs is 2 at half the learning rate for small ResNets on
 * CIFAR-100, and up to 8 for other networks. With 8, students of a few epochs do worse here than
 * without a teacher.
 */
export const dkd = defineMethod({
  name: "dkd",
  summary: "the teacher's logits, split into labelled class and others (Zhao et al. 2022)",
  options,
  step({ targetWeight, othersWeight, temperature, warmUpShare, standardise }, context) {
    const { labels, epoch, epochs } = context;
    const part = warmUp(epoch, epochs, warmUpShare);
    return logitStep(context, (...logits) => {
      const [teacher, student] = standardise ? logits.map(standardised) : logits;
      const { target, others } = decoupledDivergence(labels, teacher, student, temperature);
      return {
        target_class: tf.mul(target, part * targetWeight),
        other_classes: tf.mul(others, part * othersWeight),
      };
    });
  },
});

/** Subtracted from a logit, it leaves a probability of exactly zero, and products of zero. */
const HIDDEN = 1e9;

/**
 * Computes the two parts of the divergence of teacher and student (Zhao et al. 2022), `T²·KL`, mean
 * over the batch: the part between the labelled class and all others together, and the part among the
 * others. Both come from logits, so the logarithm of zero never occurs.
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
  // Two classes: the labelled class, and all others together.
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
