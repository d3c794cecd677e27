import * as tf from "@tensorflow/tfjs";
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import {
  type BatchNormAttributes,
  type BatchNormGradAttributes,
  type BatchNormGradInputs,
  type BatchNormInputs,
  BatchNormTraining,
  BatchNormTrainingGrad,
} from "../../../nn/fused_kernel.ts";
import { channelMoments } from "../channel_moments.ts";
import { rowBlocks, sumBlocks } from "../row_blocks.ts";
import { runShader } from "../run_shader.ts";

/**
 * Training batch-norm as three shaders forward (two for the moments, one for the rest) and three
 * backward. TensorFlow.js's own operations would make about thirty.
 */
export const batchNormTraining: tf.KernelConfig = {
  kernelName: BatchNormTraining,
  backendName: "webgpu",
  kernelFunc: ({ inputs, attrs, backend }) =>
    tf.tidy(() =>
      forward(
        inputs as unknown as BatchNormInputs,
        attrs as unknown as BatchNormAttributes,
        backend as WebGPUBackend,
      )
    ),
};

export const batchNormTrainingGrad: tf.KernelConfig = {
  kernelName: BatchNormTrainingGrad,
  backendName: "webgpu",
  kernelFunc: ({ inputs, attrs, backend }) =>
    tf.tidy(() =>
      backward(
        inputs as unknown as BatchNormGradInputs,
        attrs as unknown as BatchNormGradAttributes,
        backend as WebGPUBackend,
      )
    ),
};

function forward(
  { x, gamma, beta, residual }: BatchNormInputs,
  { epsilon, relu }: BatchNormAttributes,
  backend: WebGPUBackend,
): tf.Tensor[] {
  const channels = x.shape[3];
  const moments = channelMoments(backend, x);
  const y = runShader(backend, {
    key: `batchNorm ${epsilon} ${relu} ${residual !== undefined}`,
    inputs: { x, moments, gamma, beta, ...(residual ? { residual } : {}) },
    outputShape: x.shape,
    uniforms: { size: x.size, channels },
    threads: x.size,
    code: `
      fn main(index : i32) {
        if (index >= uniforms.size) { return; }
        let channel = index % uniforms.channels;
        let variance = moments[uniforms.channels + channel];
        var value = (x[index] - moments[channel]) * inverseSqrt(variance + ${epsilon})
          * gamma[channel] + beta[channel];
        ${residual ? "value += residual[index];" : ""}
        // Not max(): it may turn NaN into 0 and hide it from the check in training.
        ${relu ? "value = select(value, 0.0, value < 0.0);" : ""}
        result[index] = value;
      }`,
  });
  return [y, moments.slice([0, 0], [1, channels]), moments.slice([1, 0], [1, channels])]
    .map((tensor, which) => which === 0 ? tensor : tensor.reshape([channels]));
}

function backward(
  { dy, x, y, gamma, mean, variance }: BatchNormGradInputs,
  { epsilon, relu, residual }: BatchNormGradAttributes,
  backend: WebGPUBackend,
): tf.Tensor[] {
  const channels = x.shape[3];
  const rows = x.size / channels;
  // The gradient of the ReLU's input is also the residual's. Without a residual the shaders compute it.
  const masked = residual && relu ? tf.mul(dy, tf.step(y)) : dy;
  const mask = relu && !residual;
  const inputs = { dy: masked, x, mean, variance, ...(mask ? { y } : {}) };
  const gradient = mask ? "select(0.0, dy[at], y[at] > 0.0)" : "dy[at]";
  const normalised = `(x[at] - mean[channel]) * inverseSqrt(variance[channel] + ${epsilon})`;

  const { rowsPerBlock, blocks } = rowBlocks(rows, channels);
  const partial = runShader(backend, {
    key: `batchNormSums ${epsilon} ${mask}`,
    inputs,
    outputShape: [blocks, 2 * channels],
    uniforms: { rows, channels, rowsPerBlock, blocks },
    threads: blocks * channels,
    code: `
      fn main(index : i32) {
        if (index >= uniforms.blocks * uniforms.channels) { return; }
        let channel = index % uniforms.channels;
        let block = index / uniforms.channels;
        let end = min((block + 1) * uniforms.rowsPerBlock, uniforms.rows);
        var ofGradient = 0.0;
        var ofProduct = 0.0;
        for (var row = block * uniforms.rowsPerBlock; row < end; row++) {
          let at = row * uniforms.channels + channel;
          let gradient = ${gradient};
          ofGradient += gradient;
          ofProduct += gradient * ${normalised};
        }
        result[2 * block * uniforms.channels + channel] = ofGradient;
        result[(2 * block + 1) * uniforms.channels + channel] = ofProduct;
      }`,
  });
  const sums = sumBlocks(backend, partial);

  const dx = runShader(backend, {
    key: `batchNormInputGradient ${epsilon} ${mask}`,
    inputs: { ...inputs, gamma, sums },
    outputShape: x.shape,
    uniforms: { size: x.size, channels, rows },
    threads: x.size,
    code: `
      fn main(at : i32) {
        if (at >= uniforms.size) { return; }
        let channel = at % uniforms.channels;
        let m = f32(uniforms.rows);
        let scale = gamma[channel] * inverseSqrt(variance[channel] + ${epsilon});
        let projected = sums[channel] + ${normalised} * sums[uniforms.channels + channel];
        result[at] = scale * (${gradient} - projected / m);
      }`,
  });
  const dbeta = sums.slice([0], [channels]);
  const dgamma = sums.slice([channels], [channels]);
  if (!residual) return [dx, dgamma, dbeta];
  // A copy if there is no mask: one tensor must not be the gradient of two inputs.
  return [dx, dgamma, dbeta, masked === dy ? tf.clone(dy) : masked];
}
