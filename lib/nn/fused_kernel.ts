import * as tf from "@tensorflow/tfjs";

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

/**
 * The contract with a backend that serves the cross-entropy by one kernel: inputs targets
 * (probabilities, or int32 for classes that are known) and logits, both `[n, classes]`; attribute `temperature`; outputs the loss, a scalar,
 * and its gradient with respect to the logits.
 */
export const CrossEntropy = "CrossEntropy";

export interface CrossEntropyAttributes {
  readonly temperature: number;
}

/**
 * The contract between `Sgd` and a backend that serves its step with one kernel: inputs variable,
 * gradient, velocity, all of one shape; attributes as `SgdAttributes`; outputs the new variable and the
 * new velocity.
 */
export const SgdStep = "SgdStep";

export interface SgdAttributes {
  readonly momentum: number;
  readonly weightDecay: number;
  readonly learningRate: number;
}

/**
 * Training operations are written once, in terms of TensorFlow.js's own; a backend may serve one by a
 * kernel of its own under a name of this project's. Whether the current backend does:
 */
export function hasFusedKernel(name: string): boolean {
  // Undefined where there is none, whatever the declared type says.
  return tf.getKernel(name, tf.getBackend()) !== undefined;
}

/** Runs it; the contract stands with the name. */
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
