import * as tf from "@tensorflow/tfjs";
import { hasFusedKernel, runFusedKernel } from "./fused_kernel.ts";

/**
 * The contract of `movingAverage` with a backend that has one kernel for it: inputs average and
 * value, of one shape; attributes as in `MovingAverageAttributes`; output the new average.
 */
export const MovingAverage = "MovingAverage";

export interface MovingAverageAttributes {
  /** The share of the new value, 0…1. */
  readonly momentum: number;
  /** A factor for the new value. */
  readonly factor: number;
}

/** Computes `average·(1 − momentum) + value·factor·momentum`, PyTorch's momentum. */
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
