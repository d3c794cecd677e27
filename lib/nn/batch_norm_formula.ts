import * as tf from "@tensorflow/tfjs";
import type { BatchNormFormula } from "./batch_norm_kernels.ts";

/** The two passes over the feature map that batch normalisation is made of. */
export interface ChannelOperations {
  /** `x·scale + shift` by channel; without a scale, `x + shift`. */
  affine(
    x: tf.Tensor4D,
    scale: tf.Tensor1D | null,
    shift: tf.Tensor1D,
    relu: boolean,
  ): tf.Tensor4D;
  /** The mean over batch, height and width, `[channel]`. */
  mean(x: tf.Tensor4D): tf.Tensor1D;
}

/**
 * Batch normalisation (Ioffe and Szegedy 2015) out of plain operations, with the residual addition
 * and the ReLU that follow it in a ResNet:
 * `y = relu((x − mean)/√(variance + ε)·γ + β + residual)`.
 *
 * Backward, with x̂ the normalised input and g = dy behind the ReLU:
 * `dβ = Σg`, `dγ = Σg·x̂`, `dx = γ/σ · (g − dβ/m − x̂·dγ/m)`, m = batch·height·width.
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
      // A copy of g, since one tensor must not be handed out as the gradient of two inputs.
      return residual ? [dx, dgamma, dbeta, relu ? g : tf.clone(g)] : [dx, dgamma, dbeta];
    },
  };
}
