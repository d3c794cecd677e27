import * as tf from "@tensorflow/tfjs";
import { batchNormFormula } from "./batch_norm_formula.ts";
import {
  type BatchNormAttributes,
  type BatchNormFormula,
  type BatchNormInputs,
  BatchNormTraining,
  BatchNormTrainingGrad,
} from "./batch_norm_kernels.ts";
import { hasFusedKernel, runFusedKernel } from "./fused_kernel.ts";

/** What serves a backend that has no fused kernel of its own. */
const composed = batchNormFormula({
  affine: (x, scale, shift, relu) => {
    const shifted = tf.add(scale ? tf.mul(x, scale) : x, shift) as tf.Tensor4D;
    return relu ? tf.relu(shifted) : shifted;
  },
  mean: (x) => tf.mean(x, [0, 1, 2]),
});

const fused: BatchNormFormula = {
  forward: (inputs, attributes) => runFusedKernel(BatchNormTraining, { ...inputs }, attributes),
  backward: (inputs, attributes) =>
    runFusedKernel(BatchNormTrainingGrad, { ...inputs }, attributes),
};

/** The output of a batch normalisation, and the statistics of the batch that it was made with. */
export interface BatchNormResult {
  /** `[n, h, w, c]` */
  readonly y: tf.Tensor4D;
  /** `[c]` */
  readonly mean: tf.Tensor1D;
  /** `[c]`, biased: divided by n·h·w */
  readonly variance: tf.Tensor1D;
}

/**
 * Batch normalisation by the statistics of the mini-batch, followed by the addition of a residual
 * and a ReLU where asked: one operation with its own gradient, which TensorFlow.js does not have. A
 * backend may serve it with fused kernels (see `batch_norm_kernels.ts`).
 */
export function batchNormTraining(
  inputs: BatchNormInputs,
  attributes: BatchNormAttributes,
): BatchNormResult {
  const formula = hasFusedKernel(BatchNormTraining) ? fused : composed;
  let mean!: tf.Tensor1D;
  let variance!: tf.Tensor1D;
  const operation = tf.customGrad((...args) => {
    const [x, gamma, beta] = args as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D];
    const residual = inputs.residual && args[3] as tf.Tensor4D;
    const save = args.at(-1) as unknown as tf.GradSaveFunc;
    const [y, ...statistics] = formula.forward({ x, gamma, beta, residual }, attributes);
    [mean, variance] = statistics.map((tensor) => tf.keep(tensor)) as [tf.Tensor1D, tf.Tensor1D];
    save([x, y, gamma, mean, variance]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [x, y, gamma, mean, variance] = saved as [
          tf.Tensor4D,
          tf.Tensor4D,
          tf.Tensor1D,
          tf.Tensor1D,
          tf.Tensor1D,
        ];
        return formula.backward(
          { dy: dy as tf.Tensor4D, x, y, gamma, mean, variance },
          { ...attributes, residual: residual !== undefined },
        ) as tf.Tensor[];
      },
    };
  });
  const { x, gamma, beta, residual } = inputs;
  const y = operation(...[x, gamma, beta, ...(residual ? [residual] : [])]) as tf.Tensor4D;
  return { y, mean, variance };
}
