import * as tf from "@tensorflow/tfjs";
import { batchNormTraining, batchNormTrainingGrad } from "./kernels/batch_norm_training.ts";
import { binaries } from "./kernels/binary.ts";
import { conv2d, fusedConv2d } from "./kernels/conv2d.ts";
import { conv2dBackpropFilter, conv2dBackpropInput } from "./kernels/conv2d_backprop.ts";
import { crossEntropy } from "./kernels/cross_entropy.ts";
import { gatherRows } from "./kernels/gather_rows.ts";
import type { Kernel, KernelCall } from "./kernels/kernel.ts";
import { batchMatMul } from "./kernels/mat_mul.ts";
import { movingAverage } from "./kernels/moving_average.ts";
import { pools } from "./kernels/pool.ts";
import { reductions } from "./kernels/reduce.ts";
import { sgdStep } from "./kernels/sgd_step.ts";
import { softmaxes } from "./kernels/softmax.ts";
import { tile } from "./kernels/tile.ts";
import { unaries } from "./kernels/unary.ts";

const kernels: readonly Kernel[] = [
  batchMatMul,
  batchNormTraining,
  batchNormTrainingGrad,
  ...binaries,
  conv2d,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  crossEntropy,
  fusedConv2d,
  gatherRows,
  movingAverage,
  ...pools,
  ...reductions,
  sgdStep,
  ...softmaxes,
  tile,
  ...unaries,
];

/** Registers all kernels of tfjs-backend-cpu, and faster ones for most of a training step. */
export function registerKernels(): void {
  const backendName = "onednn";
  tf.copyRegisteredKernels("cpu", backendName);
  for (const { kernelName, run } of kernels) {
    const own = tf.getKernel(kernelName, "cpu") as tf.KernelConfig | undefined;
    if (own) tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc(call) {
        const output = run(call as unknown as KernelCall);
        if (output) return output;
        if (!own) throw new Error(`${kernelName} takes float32 tensors`);
        return own.kernelFunc(call);
      },
    });
  }
}
