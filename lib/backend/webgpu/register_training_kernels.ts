import { replaceKernels } from "../replace_kernels.ts";
import { batchNormTraining, batchNormTrainingGrad } from "./kernels/batch_norm_training.ts";
import { conv2dBackpropFilter } from "./kernels/conv2d_backprop_filter.ts";
import { movingAverage } from "./kernels/moving_average.ts";
import { sgdStep } from "./kernels/sgd_step.ts";

/** Adds to the webgpu backend the kernels that training needs and it lacks, or has only slowly. */
export function registerTrainingKernels(): void {
  replaceKernels([
    ...[batchNormTraining, batchNormTrainingGrad, conv2dBackpropFilter],
    ...[movingAverage, sgdStep],
  ]);
}
