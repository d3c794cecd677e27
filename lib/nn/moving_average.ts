import * as tf from "@tensorflow/tfjs";
import { hasFusedKernel, runFusedKernel } from "./fused_kernel.ts";

/**
 * The contract with a backend that serves it by one kernel: inputs average and value, of one shape;
 * attributes as below; output the new average.
 */
export const MovingAverage = "MovingAverage";

export interface MovingAverageAttributes {
  /** The share of the new value, 0…1 */
  readonly momentum: number;
  /** What the value is multiplied by before */
  readonly factor: number;
}

/** `average·(1 − momentum) + value·factor·momentum`, as PyTorch counts momentum */
export function movingAverage(
  average: tf.Tensor,
  value: tf.Tensor,
  attributes: MovingAverageAttributes,
): tf.Tensor {
  if (hasFusedKernel(MovingAverage)) {
    return runFusedKernel(MovingAverage, { average, value }, attributes);
  }
  const { momentum, factor } = attributes;
  return tf.tidy(() => tf.add(tf.mul(average, 1 - momentum), tf.mul(value, momentum * factor)));
}
