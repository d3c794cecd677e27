import * as tf from "@tensorflow/tfjs";

/** A value, and the gradient of what follows from it. */
interface Differentiated<Y extends tf.Tensor> {
  readonly value: Y;
  /** The tensors that the gradient needs. */
  readonly saved?: tf.Tensor[];
  /** Computes the gradient with respect to x from the one with respect to the value. */
  gradient(dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor;
}

/** Computes a function of x that has a gradient of its own instead of TensorFlow.js's. */
export function withGradient<X extends tf.Tensor, Y extends tf.Tensor>(
  x: X,
  compute: (x: X) => Differentiated<Y>,
): Y {
  return tf.customGrad((...args) => {
    const [x, save] = args as unknown as [X, tf.GradSaveFunc];
    const { value, saved = [], gradient } = compute(x);
    save(saved);
    return { value, gradFunc: (dy, kept) => gradient(dy, kept as tf.Tensor[]) };
  })(x) as Y;
}
