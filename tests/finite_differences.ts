import * as tf from "@tensorflow/tfjs";
import { assertClose, uniformNumbers } from "./numbers.ts";

/**
 * Holds a gradient against central differences along random directions, in the float32 of the
 * current backend: `(f(x + h·d) − f(x − h·d)) / 2h ≈ ⟨∇f, d⟩`.
 *
 * @param f scalar, and smooth enough for steps of `step`
 */
export function checkGradients(
  f: (...inputs: tf.Tensor[]) => tf.Scalar,
  inputs: tf.Tensor[],
  { step = 1e-2, tolerance = 1e-2, directions = 3 } = {},
): void {
  tf.tidy(() => {
    const gradients = tf.grads(f)(inputs);
    inputs.forEach((input, which) => {
      const numeric: number[] = [];
      const analytic: number[] = [];
      for (let k = 0; k < directions; k++) {
        const direction = tf.tensor(
          uniformNumbers(input.size, `direction ${which} ${k}`),
          input.shape,
        );
        const at = (t: number) => {
          const moved = inputs.map((other, index) =>
            index === which ? tf.add(other, tf.mul(direction, t)) : other
          );
          return f(...moved).dataSync()[0];
        };
        numeric.push((at(step) - at(-step)) / (2 * step));
        analytic.push(tf.sum(tf.mul(gradients[which], direction)).dataSync()[0]);
      }
      assertClose(analytic, numeric, tolerance, `directional derivatives of input ${which}`);
    });
  });
}

/** A scalar that depends on every entry of a tensor in its own way. */
export function weightedSum(output: tf.Tensor, seed = "weights"): tf.Scalar {
  return tf.sum(tf.mul(output, tf.tensor(uniformNumbers(output.size, seed), output.shape)));
}
