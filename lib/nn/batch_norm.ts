import * as tf from "@tensorflow/tfjs";
import {
  type BatchNormAttributes,
  type BatchNormFormula,
  type BatchNormInputs,
  BatchNormTraining,
  BatchNormTrainingGrad,
  hasFusedKernel,
  runFusedKernel,
} from "./fused_kernel.ts";

/** PyTorch's default. */
export const BATCH_NORM_EPSILON = 1e-5;

/** Batch normalisation for backends without a fused kernel. */
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

/** The output of a batch normalisation, with the statistics of the batch. */
interface BatchNormResult {
  /** `[n, h, w, c]` */
  readonly y: tf.Tensor4D;
  /** `[c]` */
  readonly mean: tf.Tensor1D;
  /** `[c]`, biased: divided by n·h·w */
  readonly variance: tf.Tensor1D;
}

/**
 * Normalises a mini-batch by its own statistics, and optionally adds a residual and applies a ReLU.
 * It is one operation with its own gradient, which TensorFlow.js lacks. A backend may have fused
 * kernels for it (see `fused_kernel.ts`).
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
  const y = operation(x, gamma, beta, ...(residual ? [residual] : [])) as tf.Tensor4D;
  return { y, mean, variance };
}

/** The two operations on feature maps that make up batch normalisation. */
interface ChannelOperations {
  /** Computes `x·scale + shift` by channel, or `x + shift` if the scale is null. */
  affine(
    x: tf.Tensor4D,
    scale: tf.Tensor1D | null,
    shift: tf.Tensor1D,
    relu: boolean,
  ): tf.Tensor4D;
  /** Computes the mean over batch, height and width, `[channel]`. */
  mean(x: tf.Tensor4D): tf.Tensor1D;
}

/**
 * Makes batch normalisation (Ioffe and Szegedy 2015) from plain operations, with the residual
 * addition and the ReLU that follow it in a ResNet:
 * `y = relu((x − mean)/√(variance + ε)·γ + β + residual)`.
 *
 * Backward, with the normalised input x̂ and the gradient g of the ReLU's input: `dβ = Σg`,
 * `dγ = Σg·x̂`, `dx = γ/σ · (g − dβ/m − x̂·dγ/m)`, m = batch·height·width.
 */
export function batchNormFormula(
  { affine, mean: channelMean }: ChannelOperations,
): BatchNormFormula {
  return {
    forward({ x, gamma, beta, residual }, { epsilon, relu }) {
      const mean = channelMean(x);
      // Two passes: the one-pass variance E[x²] − E[x]² loses its digits in float32.
      const centred = affine(x, null, tf.neg(mean), false);
      const variance = channelMean(tf.square(centred));
      const scale = tf.mul(gamma, tf.rsqrt(tf.add(variance, epsilon))) as tf.Tensor1D;
      if (!residual) return [affine(centred, scale, beta, relu), mean, variance];
      const total = tf.add(affine(centred, scale, beta, false), residual) as tf.Tensor4D;
      return [relu ? tf.relu(total) : total, mean, variance];
    },

    backward({ dy, x, y, gamma, mean, variance }, { epsilon, relu, residual }) {
      const m = x.size / x.shape[3];
      const g = relu ? tf.mul(dy, tf.step(y)) as tf.Tensor4D : dy;
      const centred = affine(x, null, tf.neg(mean), false);
      const inverseStd = tf.rsqrt(tf.add(variance, epsilon)) as tf.Tensor1D;
      // Means instead of sums: dβ/m and dγ/m.
      const meanOfG = channelMean(g);
      const meanOfGx = tf.mul(channelMean(tf.mul(g, centred) as tf.Tensor4D), inverseStd);
      const scale = tf.mul(gamma, inverseStd) as tf.Tensor1D;
      const ofGradient = affine(g, scale, tf.neg(tf.mul(scale, meanOfG)), false);
      const slope = tf.neg(tf.mul(scale, tf.mul(inverseStd, meanOfGx))) as tf.Tensor1D;
      const ofInput = affine(centred, slope, tf.zerosLike(slope), false);
      const dgamma = tf.mul(meanOfGx, m) as tf.Tensor1D;
      const dbeta = tf.mul(meanOfG, m) as tf.Tensor1D;
      const dx = tf.add(ofGradient, ofInput) as tf.Tensor4D;
      // A copy of g: one tensor must not be the gradient of two inputs.
      return residual ? [dx, dgamma, dbeta, relu ? g : tf.clone(g)] : [dx, dgamma, dbeta];
    },
  };
}
