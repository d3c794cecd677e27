import * as tf from "@tensorflow/tfjs";

/**
 * The mean over all positions, `[n, h, w, c]` → `[n, c]`. TensorFlow.js's own gradient of a mean
 * multiplies with a tensor of ones, which it fills and divides again on every step.
 */
export function globalAveragePool(x: tf.Tensor4D): tf.Tensor2D {
  const [count, height, width, channels] = x.shape;
  const operation = tf.customGrad((...args) => ({
    value: tf.mean(args[0] as tf.Tensor4D, [1, 2]),
    gradFunc: (dy: tf.Tensor) =>
      tf.tile(tf.div(dy, height * width).reshape([count, 1, 1, channels]), [1, height, width, 1]),
  }));
  return operation(x) as tf.Tensor2D;
}
