import { replaceKernels } from "../replace_kernels.ts";
import { batchNormTraining, batchNormTrainingGrad } from "./kernels/batch_norm_training.ts";
import { conv2dBackpropFilter } from "./kernels/conv2d_backprop_filter.ts";
import { movingAverage } from "./kernels/moving_average.ts";
import { sgdStep } from "./kernels/sgd_step.ts";

/** Registers the training kernels that the webgpu backend lacks, or that are slow in it. */
export function registerTrainingKernels(): void {
  replaceKernels([
    batchNormTraining,
    batchNormTrainingGrad,
    conv2dBackpropFilter,
    movingAverage,
    sgdStep,
  ]);
}
