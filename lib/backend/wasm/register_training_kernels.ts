import { replaceKernels } from "../replace_kernels.ts";
import { batchNormTraining, batchNormTrainingGrad } from "./batch_norm_training.ts";
import { conv2dBackpropFilter } from "./conv2d_backprop_filter.ts";
import { conv2dBackpropInput } from "./conv2d_backprop_input.ts";
import { slice } from "./slice.ts";
import { unsortedSegmentSum } from "./unsorted_segment_sum.ts";

/** Registers the training kernels that the wasm backend lacks, or that are slow in it. */
export function registerTrainingKernels(): void {
  replaceKernels([
    batchNormTraining,
    batchNormTrainingGrad,
    conv2dBackpropFilter,
    conv2dBackpropInput,
    slice,
    unsortedSegmentSum,
  ]);
}
