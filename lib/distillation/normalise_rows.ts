import * as tf from "@tensorflow/tfjs";

/** Against a division by zero, as PyTorch's `normalize` has it. */
const SHORTEST = 1e-12;

/** Each row divided by its L2 norm, `[n, m]`. */
export function normaliseRows(rows: tf.Tensor2D): tf.Tensor2D {
  // The maximum inside the root, whose gradient at zero would be infinite.
  const norm = tf.sqrt(tf.maximum(tf.sum(tf.square(rows), 1, true), SHORTEST ** 2));
  return tf.div(rows, norm);
}
