import * as tf from "@tensorflow/tfjs";
import { queuesWork } from "../backend/finish_work.ts";
import { hasTrainingPass } from "../nn/training_pass.ts";
import { repeat, type Repeats } from "./repeat.ts";
import { median } from "../analysis/statistics/median_interval.ts";
import { runStep } from "./run_step.ts";
import type { PreparedWorkload } from "./prepared_workload.ts";

/** The time of a student step inside and outside the backend's kernels. */
export interface KernelTime {
  /** `(step − time inside kernels) / step`: autodiff, memory management, the language */
  readonly overhead: number;
  /** The number of kernels that a step runs. */
  readonly kernels: number;
  /** The bytes that they read and write, counted as if nothing stayed in a cache. */
  readonly bytes: number;
}

/** Kernels that only give their input another name or shape. */
const FREE = new Set(["Identity", "Reshape", "ExpandDims"]);

/**
 * Measures student steps with a stopwatch around every kernel of the current backend. It takes
 * steps of its own, so that the stopwatches slow down no other measurement.
 *
 * @returns null on a backend that queues its work, where the time inside a kernel says nothing, and on
 *   one that trains a student outside of kernels
 */
export async function measureKernelTime(
  prepared: PreparedWorkload,
  repeats: Repeats,
): Promise<KernelTime | null> {
  if (queuesWork() || hasTrainingPass()) return null;
  const watch = new KernelWatch();
  try {
    const steps = await repeat(
      async () => {
        watch.reset();
        const { ms } = await runStep("original", prepared);
        return { overhead: (ms - watch.ms) / ms, kernels: watch.kernels, bytes: watch.bytes };
      },
      repeats,
      () => prepared.restore(),
    );
    const { kernels, bytes } = steps[0];
    return { overhead: median(steps.map(({ overhead }) => overhead)), kernels, bytes };
  } finally {
    watch.remove();
  }
}

/** Stopwatches around the kernels that are registered for the current backend. */
class KernelWatch {
  ms = 0;
  kernels = 0;
  bytes = 0;
  #depth = 0;
  readonly #originals = new Map<tf.KernelConfig, tf.KernelFunc>();

  constructor() {
    for (const config of tf.getKernelsForBackend(tf.getBackend())) {
      const original = config.kernelFunc;
      this.#originals.set(config, original);
      config.kernelFunc = (call) => this.#run(config.kernelName, original, call);
    }
  }

  reset(): void {
    this.ms = this.kernels = this.bytes = 0;
  }

  remove(): void {
    for (const [config, original] of this.#originals) config.kernelFunc = original;
  }

  #run(name: string, kernel: tf.KernelFunc, call: Parameters<tf.KernelFunc>[0]) {
    // A kernel may call others; its own time includes theirs.
    if (this.#depth > 0) return kernel(call);
    this.#depth++;
    const start = performance.now();
    try {
      const output = kernel(call);
      this.ms += performance.now() - start;
      this.kernels++;
      if (!FREE.has(name)) this.bytes += bytesOf(Object.values(call.inputs)) + bytesOf([output]);
      return output;
    } finally {
      this.#depth--;
    }
  }
}

/** Adds up the bytes of tensors; an input that was left out is undefined. */
function bytesOf(tensors: readonly (tf.TensorInfo | readonly tf.TensorInfo[] | undefined)[]) {
  return tensors.flat().reduce(
    (sum, info) =>
      info
        ? sum + tf.util.sizeFromShape([...info.shape]) * tf.util.bytesPerElement(info.dtype)
        : sum,
    0,
  );
}
