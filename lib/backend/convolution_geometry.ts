import * as tf from "@tensorflow/tfjs";

type Shape4D = [number, number, number, number];

/** The attributes of TensorFlow.js's convolution gradient kernels. */
export interface ConvolutionAttributes {
  readonly strides: [number, number] | number;
  readonly pad: number | "valid" | "same" | tf.backend_util.ExplicitPadding;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

/** Computes strides, padding and output size of a convolution without dilation, in NHWC. */
export function convolutionGeometry(
  inputShape: Shape4D,
  filterShape: Shape4D,
  { strides, pad, dimRoundingMode }: ConvolutionAttributes,
): tf.backend_util.Conv2DInfo {
  return tf.backend_util.computeConv2DInfo(
    inputShape,
    filterShape,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
}
