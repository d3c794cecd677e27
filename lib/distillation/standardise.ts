import * as tf from "@tensorflow/tfjs";
import { flag, tacit } from "../options.ts";

/** The option of methods that compare logits. */
export const standardiseOption = {
  /** True to standardise the logits of teacher and student first (Sun et al. 2024) */
  standardise: tacit(flag(false)),
};

/** Added to the standard deviation, as in the published code. */
const EPSILON = 1e-7;

/**
 * Standardises the logits of each image to mean 0 and standard deviation 1 (Sun et al. 2024), so that
 * the student need not match their size. The deviation is the unbiased one, as in the published code.
 *
 * Sun et al. take T = 2 and a weight of 9 with it. Here temperature and weights stay what they are.
 *
 * @param logits `[n, classes]`
 */
export function standardised(logits: tf.Tensor2D): tf.Tensor2D {
  const centred = tf.sub(logits, tf.mean(logits, 1, true));
  const variance = tf.div(tf.sum(tf.square(centred), 1, true), Math.max(logits.shape[1] - 1, 1));
  // The maximum is inside the root, since the gradient of a root at zero is infinite.
  return tf.div(centred, tf.add(tf.sqrt(tf.maximum(variance, EPSILON ** 2)), EPSILON));
}
