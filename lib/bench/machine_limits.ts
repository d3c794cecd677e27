import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../backend/start_backend.ts";

/** The highest speeds that any backend reaches on this machine. */
export interface MachineLimits {
  /** The fastest backend, with which they were measured. */
  readonly backend: string;
  /** The speed of the best matrix product or convolution. */
  readonly gflops: number;
  /** The memory traffic of a tensor addition. */
  readonly gigabytesPerSecond: number;
}

/** Sides of the matrices to multiply. The first product only predicts the time of the others. */
const MATRIX_SIDES = [256, 1024, 1536, 2048];

/** The longest product to try: a slower backend won't set the limit. */
const LONGEST_MS = 300;

/** The numbers in a tensor of 256 MiB, which no cache holds. */
const LARGE = 2 ** 26;

/**
 * Measures large matrix products on each backend, and an addition of 256 MiB on the fastest.
 *
 * The fastest backend stays the current one.
 *
 * @param names the backends that work here
 */
export async function measureMachineLimits(names: readonly string[]): Promise<MachineLimits> {
  let best = { backend: names[0], gflops: 0 };
  for (const name of names) {
    await startBackend(name);
    const gflops = Math.max(await bestMatrixProduct(), await convolution());
    if (gflops > best.gflops) best = { backend: name, gflops };
  }
  await startBackend(best.backend);
  return { ...best, gigabytesPerSecond: await additionBandwidth() };
}

async function bestMatrixProduct(): Promise<number> {
  let best = 0;
  for (const side of MATRIX_SIDES) {
    const operations = 2 * side ** 3;
    if (best > 0 && operations / (best * 1e6) > LONGEST_MS) break;
    const x = tf.fill([side, side], 0.5) as tf.Tensor2D;
    const ms = await fastestOf(() => tf.matMul(x, x), 2);
    best = Math.max(best, operations / (ms * 1e6));
    x.dispose();
  }
  return best;
}

/** Measures a convolution in the cache; it may beat a matrix product, which packs first. */
async function convolution(): Promise<number> {
  const [images, side, channels] = [32, 8, 64];
  const x = tf.fill([images, side, side, channels], 0.5) as tf.Tensor4D;
  const filter = tf.fill([3, 3, channels, channels], 0.5) as tf.Tensor4D;
  const ms = await fastestOf(() => tf.conv2d(x, filter, 1, 1), 20);
  tf.dispose([x, filter]);
  return 2 * 9 * channels ** 2 * images * side ** 2 / (ms * 1e6);
}

/** Measures an addition, which reads two tensors and writes one. */
async function additionBandwidth(): Promise<number> {
  const [x, y] = [tf.fill([LARGE], 0.5), tf.fill([LARGE], 0.25)];
  const ms = await fastestOf(() => tf.add(x, y), 3);
  tf.dispose([x, y]);
  return 3 * 4 * LARGE / (ms * 1e6);
}

async function fastestOf(work: () => tf.Tensor, repeats: number): Promise<number> {
  let fastest = Infinity;
  for (let i = 0; i <= repeats; i++) {
    const start = performance.now();
    const result = work();
    // Reading one number waits for a backend that queues its work.
    const corner = tf.slice(result, result.shape.map(() => 0), result.shape.map(() => 1));
    await corner.data();
    // The first repeat is the warm-up.
    if (i > 0) fastest = Math.min(fastest, performance.now() - start);
    tf.dispose([result, corner]);
  }
  return fastest;
}
