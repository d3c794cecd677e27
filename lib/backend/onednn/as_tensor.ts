import * as tf from "@tensorflow/tfjs";

/** Makes a tensor, which the caller disposes of, from values that the backend has made. */
export function asTensor<T extends tf.Tensor>(info: tf.TensorInfo): T {
  return tf.engine().makeTensorFromTensorInfo(info) as T;
}
