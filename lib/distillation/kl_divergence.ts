import * as tf from "@tensorflow/tfjs";
import { softCrossEntropy } from "./soft_cross_entropy.ts";

/**
 * `T² · KL(softmax(t/T) ‖ softmax(s/T))`, mean over the batch: the soft cross-entropy less the teacher's
 * own entropy, with the factor that keeps gradients of a size at every temperature (Hinton et al. 2015).
 *
 * @param teacherLogits `[n, classes]`, taken as constant
 * @param studentLogits `[n, classes]`
 */
export function klDivergence(
  teacherLogits: tf.Tensor2D,
  studentLogits: tf.Tensor2D,
  temperature: number,
): tf.Scalar {
  const [shared, own] = [studentLogits, teacherLogits].map((logits) =>
    softCrossEntropy(teacherLogits, logits, temperature)
  );
  return tf.mul(tf.sub(shared, own), temperature ** 2);
}
