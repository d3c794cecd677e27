import type * as tf from "@tensorflow/tfjs";
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { runShader, WORKGROUP_SIZE } from "./run_shader.ts";

/** The number of threads to aim for: enough to keep a large GPU busy, each with enough work. */
const THREADS = 2 ** 15;

interface RowBlocks {
  /** The number of rows that a thread adds up; the last block may have fewer. */
  readonly rowsPerBlock: number;
  readonly blocks: number;
}

/**
 * Divides rows into blocks for a sum in two passes: first one thread for each column of each block,
 * then the blocks. Two passes keep the GPU busy and the rounding error of float32 small.
 *
 * @param columns the number of threads that a block of rows occupies
 */
export function rowBlocks(rows: number, columns: number): RowBlocks {
  const wanted = Math.max(1, Math.floor(THREADS / columns));
  const rowsPerBlock = Math.max(Math.ceil(rows / wanted), Math.ceil(Math.sqrt(rows / 4)));
  return { rowsPerBlock, blocks: Math.ceil(rows / rowsPerBlock) };
}

/**
 * Sums `[blocks, columns]` over its first axis, to `[columns]`. A thread adds up a short column,
 * and a workgroup one that has more numbers than the workgroup has threads. With workgroups for
 * short columns, 64 threads would add up ten numbers for each of a filter's 36,864 weights: a
 * training step of ten small images on a software driver took 533 ms instead of 185.
 */
export function sumBlocks(backend: WebGPUBackend, partial: tf.TensorInfo): tf.Tensor {
  const [blocks, columns] = partial.shape;
  const byWorkgroup = blocks > WORKGROUP_SIZE;
  return runShader(backend, {
    key: `sumBlocks ${byWorkgroup}`,
    inputs: { partial },
    outputShape: [columns],
    uniforms: { blocks, columns },
    threads: byWorkgroup ? columns * WORKGROUP_SIZE : columns,
    code: byWorkgroup ? BY_WORKGROUP : BY_THREAD,
  });
}

const BY_THREAD = `
  fn main(column : i32) {
    if (column >= uniforms.columns) { return; }
    var sum = 0.0;
    for (var block = 0; block < uniforms.blocks; block++) {
      sum += partial[block * uniforms.columns + column];
    }
    result[column] = sum;
  }`;

const BY_WORKGROUP = `
  var<workgroup> shared_sums : array<f32, ${WORKGROUP_SIZE}>;
  fn main(index : i32) {
    let column = index / ${WORKGROUP_SIZE};
    let thread = i32(localId.x);
    var sum = 0.0;
    if (column < uniforms.columns) {
      for (var block = thread; block < uniforms.blocks; block += ${WORKGROUP_SIZE}) {
        sum += partial[block * uniforms.columns + column];
      }
    }
    shared_sums[thread] = sum;
    workgroupBarrier();
    for (var half = ${WORKGROUP_SIZE / 2}; half > 0; half /= 2) {
      if (thread < half) {
        shared_sums[thread] += shared_sums[thread + half];
      }
      workgroupBarrier();
    }
    if (thread == 0 && column < uniforms.columns) {
      result[column] = shared_sums[0];
    }
  }`;
