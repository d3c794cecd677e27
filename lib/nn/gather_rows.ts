import * as tf from "@tensorflow/tfjs";

/** The rows of a tensor at these indices, in their order. */
export function gatherRows<T extends tf.Tensor>(tensor: T, rows: ArrayLike<number>): T {
  return tf.tidy(() => tf.gather(tensor, tf.tensor1d(Int32Array.from(rows), "int32")));
}
