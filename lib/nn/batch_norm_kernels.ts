import type * as tf from "@tensorflow/tfjs";

/**
 * The contract between `batchNormTraining` and a backend that serves it with a fused kernel: a
 * backend registers both names, or neither.
 *
 * Forward: inputs x `[n, h, w, c]`, gamma, beta `[c]` and optionally residual (shaped as x);
 * attributes `epsilon`, `relu`; outputs `[y, mean, variance]` with the batch's biased variance.
 *
 * Backward: inputs dy, x, y, gamma, mean, variance; the same attributes, and `residual`, whether there
 * was one; outputs `[dx, dgamma, dbeta]`, and with a residual its gradient, dy behind the ReLU.
 */
export const BatchNormTraining = "BatchNormTraining";
export const BatchNormTrainingGrad = "BatchNormTrainingGrad";

export interface BatchNormAttributes {
  readonly epsilon: number;
  readonly relu: boolean;
}

export interface BatchNormGradAttributes extends BatchNormAttributes {
  readonly residual: boolean;
}

export interface BatchNormInputs {
  readonly x: tf.Tensor4D;
  readonly gamma: tf.Tensor1D;
  readonly beta: tf.Tensor1D;
  readonly residual?: tf.Tensor4D;
}

export interface BatchNormGradInputs {
  readonly dy: tf.Tensor4D;
  readonly x: tf.Tensor4D;
  readonly y: tf.Tensor4D;
  readonly gamma: tf.Tensor1D;
  readonly mean: tf.Tensor1D;
  readonly variance: tf.Tensor1D;
}

/** One way to compute batch normalisation of a mini-batch by its own statistics. */
export interface BatchNormFormula {
  forward(
    inputs: BatchNormInputs,
    attributes: BatchNormAttributes,
  ): [y: tf.Tensor4D, mean: tf.Tensor1D, variance: tf.Tensor1D];
  backward(
    inputs: BatchNormGradInputs,
    attributes: BatchNormGradAttributes,
  ): [dx: tf.Tensor4D, dgamma: tf.Tensor1D, dbeta: tf.Tensor1D, dresidual?: tf.Tensor4D];
}
