import * as tf from "@tensorflow/tfjs";
import type { BlockShape } from "./architecture.ts";

/**
 * Computes the option-A shortcut of a block: the identity, or every second row and column with zero
 * channels appended. The latter is a 1×1 convolution with an identity filter: strided slices are
 * slow on several backends, and the convolution kernels already have the gradient.
 */
export function shortcut(
  x: tf.Tensor4D,
  { inChannels, outChannels, stride }: BlockShape,
): tf.Tensor4D {
  return stride === 1 ? x : tf.conv2d(x, identityFilter(inChannels, outChannels), stride, 0);
}

/** Makes a filter `[1, 1, in, out]` with ones where in = out. */
export function identityFilter(inChannels: number, outChannels: number): tf.Tensor4D {
  return tf.eye(inChannels, outChannels).reshape([1, 1, inChannels, outChannels]);
}
