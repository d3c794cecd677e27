import type * as tf from "@tensorflow/tfjs";
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { rowBlocks } from "./row_blocks.ts";
import { runShader, WORKGROUP_SIZE } from "./run_shader.ts";

/**
 * Computes mean and biased variance of each channel of x `[…, channel]`, as `[2, channel]`.
 *
 * One pass over x takes the mean and the sum of squared deviations of each block of rows. The
 * blocks are then merged in pairs (Chan, Golub and LeVeque 1983). E[x²] − E[x]² would lose its
 * digits in float32.
 */
export function channelMoments(backend: WebGPUBackend, x: tf.TensorInfo): tf.Tensor {
  const channels = x.shape.at(-1)!;
  const rows = x.shape.slice(0, -1).reduce((product, extent) => product * extent, 1);
  const { rowsPerBlock, blocks } = rowBlocks(rows, channels);
  const uniforms = { rows, channels, rowsPerBlock, blocks };
  const partial = runShader(backend, {
    key: "momentsOfBlocks",
    inputs: { x },
    outputShape: [blocks, channels, 2],
    uniforms,
    threads: blocks * channels,
    code: `
      fn main(index : i32) {
        if (index >= uniforms.blocks * uniforms.channels) { return; }
        let channel = index % uniforms.channels;
        let start = index / uniforms.channels * uniforms.rowsPerBlock;
        let end = min(start + uniforms.rowsPerBlock, uniforms.rows);
        var sum = 0.0;
        for (var row = start; row < end; row++) {
          sum += x[row * uniforms.channels + channel];
        }
        let mean = sum / f32(end - start);
        var squares = 0.0;
        for (var row = start; row < end; row++) {
          let deviation = x[row * uniforms.channels + channel] - mean;
          squares += deviation * deviation;
        }
        result[2 * index] = mean;
        result[2 * index + 1] = squares;
      }`,
  });
  return runShader(backend, {
    key: "mergeMoments",
    inputs: { partial },
    outputShape: [2, channels],
    uniforms,
    threads: channels * WORKGROUP_SIZE,
    code: `
      // Number of rows, their mean, and the sum of their squared deviations from it.
      var<workgroup> moments : array<vec3<f32>, ${WORKGROUP_SIZE}>;
      fn merge(a : vec3<f32>, b : vec3<f32>) -> vec3<f32> {
        let count = a.x + b.x;
        if (count == 0.0) { return a; }
        let difference = b.y - a.y;
        return vec3<f32>(
          count,
          a.y + difference * (b.x / count),
          a.z + b.z + difference * difference * (a.x * (b.x / count)));
      }
      fn main(index : i32) {
        let channel = index / ${WORKGROUP_SIZE};
        let thread = i32(localId.x);
        var own = vec3<f32>(0.0);
        if (channel < uniforms.channels) {
          for (var block = thread; block < uniforms.blocks; block += ${WORKGROUP_SIZE}) {
            let at = 2 * (block * uniforms.channels + channel);
            let start = block * uniforms.rowsPerBlock;
            let count = min(start + uniforms.rowsPerBlock, uniforms.rows) - start;
            own = merge(own, vec3<f32>(f32(count), partial[at], partial[at + 1]));
          }
        }
        moments[thread] = own;
        workgroupBarrier();
        for (var half = ${WORKGROUP_SIZE / 2}; half > 0; half /= 2) {
          if (thread < half) {
            moments[thread] = merge(moments[thread], moments[thread + half]);
          }
          workgroupBarrier();
        }
        if (thread == 0 && channel < uniforms.channels) {
          result[channel] = moments[0].y;
          result[uniforms.channels + channel] = moments[0].z / moments[0].x;
        }
      }`,
  });
}
