import * as tf from "@tensorflow/tfjs";
import { assertClose, uniformNumbers } from "./numbers.ts";
import { valuesOfAll } from "./values_of.ts";

/**
 * Checks a gradient against central differences along random directions, in the float32 of the
 * current backend: `(f(x + h·d) − f(x − h·d)) / 2h ≈ ⟨∇f, d⟩`.
 *
 * @param f scalar, and smooth enough for steps of `step`; its intermediate tensors are disposed of
 * @param inputsOf makes the inputs, which are disposed of
 */
export async function checkGradients(
  f: (...inputs: tf.Tensor[]) => tf.Scalar,
  inputsOf: () => tf.Tensor[],
  { step = 1e-2, tolerance = 1e-2, directions = 3 } = {},
): Promise<void> {
  const inputs = tf.tidy(inputsOf);
  const gradients = tf.tidy(() => tf.grads(f)(inputs));
  try {
    for (const [which, input] of inputs.entries()) {
      const numeric: number[] = [];
      const analytic: number[] = [];
      for (let k = 0; k < directions; k++) {
        const [[ahead], [behind], [slope]] = await valuesOfAll(() => {
          const direction = tf.tensor(
            uniformNumbers(input.size, `direction ${which} ${k}`),
            input.shape,
          );
          const at = (t: number) => {
            const moved = inputs.map((other, index) =>
              index === which ? tf.add(other, tf.mul(direction, t)) : other
            );
            return f(...moved);
          };
          return [at(step), at(-step), tf.sum(tf.mul(gradients[which], direction))];
        });
        numeric.push((ahead - behind) / (2 * step));
        analytic.push(slope);
      }
      assertClose(analytic, numeric, tolerance, `directional derivatives of input ${which}`);
    }
  } finally {
    tf.dispose([...inputs, ...gradients]);
  }
}

/** Computes a scalar that depends on every entry of a tensor with its own weight. */
export function weightedSum(output: tf.Tensor, seed = "weights"): tf.Scalar {
  return tf.sum(tf.mul(output, tf.tensor(uniformNumbers(output.size, seed), output.shape)));
}
