import * as tf from "@tensorflow/tfjs";
import { requireSameSize } from "./comparable_features.ts";

/**
 * Half the mean squared difference between the teacher's feature map and what a regressor makes of the
 * student's (Romero et al. 2015).
 *
 * @param teacher the hint, `[n, h, w, c]`, taken as constant
 * @param regressed of the same shape
 * @throws UserError if height or width differ
 */
export function hintLoss(teacher: tf.Tensor4D, regressed: tf.Tensor4D): tf.Scalar {
  requireSameSize(teacher, regressed);
  return tf.div(tf.mean(tf.square(tf.sub(regressed, teacher))), 2);
}
