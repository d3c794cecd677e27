import * as tf from "@tensorflow/tfjs";
import { CrossEntropy, hasFusedKernel, runFusedKernel } from "../nn/fused_kernel.ts";
import { withGradient } from "../tensors/with_gradient.ts";

/**
 * Computes the soft cross-entropy
 * `J(t/T, s/T) = −(1/n) Σ_i Σ_c softmax(t_i/T)_c · log softmax(s_i/T)_c` (Hinton et al. 2015, without
 * the factor T²). The student's gradient is `(softmax(s/T) − softmax(t/T))/(T n)`.
 *
 * @param teacherLogits `[n, classes]`, taken as constant
 * @param studentLogits `[n, classes]`
 */
export function softCrossEntropy(
  teacherLogits: tf.Tensor2D,
  studentLogits: tf.Tensor2D,
  temperature: number,
): tf.Scalar {
  return crossEntropyToTargets(
    tf.softmax(tf.div(teacherLogits, temperature)),
    studentLogits,
    temperature,
  );
}

/**
 * Computes the cross-entropy of logits to class labels, mean over the batch.
 *
 * @param labels `[n]`, int32
 * @param logits `[n, classes]`
 */
export function crossEntropy(labels: tf.Tensor1D, logits: tf.Tensor2D): tf.Scalar {
  return crossEntropyToTargets(tf.oneHot(labels, logits.shape[1]), logits, 1);
}

/** Computes loss and gradient in one operation, which halves the number of operations. */
function crossEntropyToTargets(
  targets: tf.Tensor,
  logits: tf.Tensor2D,
  temperature: number,
): tf.Scalar {
  return withGradient(logits, (z) => {
    const [value, gradient] = lossAndGradient(targets, z, temperature);
    return { value, saved: [gradient], gradient: (dy, [gradient]) => tf.mul(dy, gradient) };
  });
}

function lossAndGradient(
  targets: tf.Tensor,
  logits: tf.Tensor,
  temperature: number,
): [loss: tf.Scalar, gradient: tf.Tensor] {
  if (hasFusedKernel(CrossEntropy)) {
    return runFusedKernel(CrossEntropy, { targets, logits }, { temperature });
  }
  const count = logits.shape[0];
  const scaled = tf.div(logits, temperature);
  const shifted = tf.sub(scaled, tf.max(scaled, 1, true));
  const exponentials = tf.exp(shifted);
  const sums = tf.sum(exponentials, 1, true);
  const logSoftmax = tf.sub(shifted, tf.log(sums));
  return [
    tf.div(tf.neg(tf.sum(tf.mul(targets, logSoftmax))), count),
    tf.div(tf.sub(tf.div(exponentials, sums), targets), temperature * count),
  ];
}

/**
 * Computes `T² · KL(softmax(t/T) ‖ softmax(s/T))`, mean over the batch. The factor T² keeps gradients of
 * one size at every temperature (Hinton et al. 2015).
 *
 * @param teacherLogits `[n, classes]`, taken as constant
 * @param studentLogits `[n, classes]`
 */
export function klDivergence(
  teacherLogits: tf.Tensor2D,
  studentLogits: tf.Tensor2D,
  temperature: number,
): tf.Scalar {
  const factor = temperature ** 2;
  return withGradient(studentLogits, (z) => {
    const [teacher, student] = [teacherLogits, z].map((logits) =>
      tf.logSoftmax(tf.div(logits, temperature))
    );
    // The soft cross-entropy minus the teacher's entropy has this gradient, but too few digits.
    const divergences = tf.sum(tf.mul(tf.exp(teacher), tf.sub(teacher, student)), 1);
    const targets = tf.softmax(tf.div(teacherLogits, temperature));
    const [, gradient] = lossAndGradient(targets, z, temperature);
    return {
      value: tf.mul(tf.mean(divergences), factor),
      saved: [gradient],
      gradient: (dy, [gradient]) => tf.mul(tf.mul(dy, factor), gradient),
    };
  });
}
