import * as tf from "@tensorflow/tfjs";

/**
 * The contract of `batchNormTraining` with a backend that has fused kernels for it. A backend
 * registers both names or neither.
 *
 * Forward: inputs x `[n, h, w, c]`, gamma, beta `[c]` and optionally residual (shaped as x);
 * attributes `epsilon`, `relu`; outputs `[y, mean, variance]` with the batch's biased variance.
 *
 * Backward: inputs dy, x, y, gamma, mean, variance; the same attributes, and `residual`, true if
 * there was one; outputs `[dx, dgamma, dbeta]`, and with a residual its gradient, that of the
 * ReLU's input.
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

/** A way to normalise a mini-batch by its own statistics, with the gradients. */
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

/**
 * The contract of the cross-entropy with a backend that has one kernel for it: inputs targets
 * (probabilities, or int32 one-hot labels) and logits, both `[n, classes]`; attribute
 * `temperature`; outputs the loss, a scalar, and its gradient with respect to the logits.
 */
export const CrossEntropy = "CrossEntropy";

export interface CrossEntropyAttributes {
  readonly temperature: number;
}

/**
 * The contract of `Sgd` with a backend that has one kernel for its step: inputs variable, gradient
 * and velocity, all of one shape; attributes as in `SgdAttributes`; outputs the new variable and
 * the new velocity.
 */
export const SgdStep = "SgdStep";

export interface SgdAttributes {
  readonly momentum: number;
  readonly weightDecay: number;
  readonly learningRate: number;
}

/**
 * True if the current backend has its own kernel for a training operation. Without one, the
 * operation is composed of TensorFlow.js's own operations.
 */
export function hasFusedKernel(name: string): boolean {
  // The declared type is wrong: the result is undefined if there is none.
  return tf.getKernel(name, tf.getBackend()) !== undefined;
}

/** Runs the backend's own kernel; see its name for the contract. */
export function runFusedKernel<Outputs>(
  name: string,
  inputs: Readonly<Record<string, tf.Tensor | undefined>>,
  attributes: object,
): Outputs {
  return tf.engine().runKernel(
    name,
    inputs as tf.NamedTensorMap,
    attributes as tf.NamedAttrMap,
  ) as unknown as Outputs;
}
