import * as tf from "@tensorflow/tfjs";
import { uniformNumbers } from "../numbers.ts";

/** Makes logits of four images and five classes. */
export function logits(seed: string): tf.Tensor2D {
  return tf.tensor2d(uniformNumbers(20, seed).map((value) => 4 * value), [4, 5]);
}

/** Computes the softmax of each row of logits. */
export async function probabilitiesOf(
  logits: tf.Tensor2D,
  temperature: number,
): Promise<number[][]> {
  return (await logits.array()).map((row) => {
    const exponentials = row.map((value) => Math.exp(value / temperature));
    const sum = exponentials.reduce((total, value) => total + value, 0);
    return exponentials.map((value) => value / sum);
  });
}

/** Computes Σ p log(p/q). */
export function divergenceOf(p: readonly number[], q: readonly number[]): number {
  return p.reduce((sum, value, k) => sum + value * Math.log(value / q[k]), 0);
}
