import * as tf from "@tensorflow/tfjs";
import { webgpu_util } from "@tensorflow/tfjs-backend-webgpu";
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

/**
 * Makes TensorFlow.js compute an image in the same way in every mini-batch, wherever its tensors
 * came from. A run that is resumed, or that takes the teacher's logits from a cache, then ends in
 * the same bits.
 *
 * By default, TensorFlow.js computes small tensors on the processor until they are on the device.
 * It also chooses between four matrix product programs by the number of rows. One of the four adds
 * up in the order in which its threads happen to finish.
 */
export function computeReproducibly(): void {
  tf.env().set("WEBGPU_CPU_FORWARD", false);
  tf.env().set("WEBGPU_MATMUL_PROGRAM_TYPE", webgpu_util.MatMulProgramType.MatMulPackedProgram);
}
