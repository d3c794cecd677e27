import * as tf from "@tensorflow/tfjs";

/** The L2 norm of each image of a batch `[n, h, w, c]`, `[n]`. */
export function rowNorms(batch: tf.Tensor4D): tf.Tensor1D {
  return tf.tidy(() => tf.sqrt(squaredRowNorms(batch)));
}

/** Its square, `[n]`. */
export function squaredRowNorms(batch: tf.Tensor4D): tf.Tensor1D {
  return tf.tidy(() => tf.sum(tf.square(batch), [1, 2, 3]));
}

/** Each image of a batch times its own number, `[n]`. */
export function scaleRows(batch: tf.Tensor4D, factors: tf.Tensor1D): tf.Tensor4D {
  return tf.tidy(() => tf.mul(factors.reshape([-1, 1, 1, 1]), batch));
}
