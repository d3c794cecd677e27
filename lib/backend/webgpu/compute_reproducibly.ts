import * as tf from "@tensorflow/tfjs";
import { webgpu_util } from "@tensorflow/tfjs-backend-webgpu";

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
