import * as tf from "@tensorflow/tfjs";
import { webgpu_util } from "@tensorflow/tfjs-backend-webgpu";

/**
 * Has TensorFlow.js compute an image in the same way whatever mini-batch it is in and wherever its tensors
 * came from, so that a run that is resumed, or takes the teacher's logits from a cache, ends in the same bits.
 *
 * Left to itself, it computes what is small on the processor as long as that has not been on the device, and
 * chooses between four programs for a matrix product by the number of its rows, one of which adds up
 * in whatever order its threads come.
 */
export function computeReproducibly(): void {
  tf.env().set("WEBGPU_CPU_FORWARD", false);
  tf.env().set("WEBGPU_MATMUL_PROGRAM_TYPE", webgpu_util.MatMulProgramType.MatMulPackedProgram);
}
