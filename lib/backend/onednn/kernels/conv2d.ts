import * as tf from "@tensorflow/tfjs";
import { Algorithm } from "../constants.ts";
import { convolve } from "../convolution.ts";
import { isFloat, type Kernel } from "./kernel.ts";
import type { ConvolutionAttributes } from "../../convolution_geometry.ts";
import type { OnednnBackend } from "../onednn_backend.ts";

interface Conv2DAttributes extends ConvolutionAttributes {
  readonly dataFormat: "NHWC" | "NCHW";
  readonly dilations?: [number, number] | number;
}

/** Computes strides, padding and output size; null for NCHW, empty inputs and sizes rounded up. */
export function convolutionInfo(
  inputShape: number[],
  filterShape: number[],
  { strides, pad, dataFormat, dilations = 1, dimRoundingMode }: Conv2DAttributes,
): tf.backend_util.Conv2DInfo | null {
  if (dataFormat === "NCHW" || inputShape.includes(0) || !isFloor(dimRoundingMode)) return null;
  return tf.backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    dilations,
    pad,
    dimRoundingMode,
  );
}

/** oneDNN rounds sizes down. */
export function isFloor(dimRoundingMode: Conv2DAttributes["dimRoundingMode"]): boolean {
  return (dimRoundingMode ?? "floor") === "floor";
}

export const conv2d: Kernel = {
  kernelName: tf.Conv2D,
  run({ inputs: { x, filter }, attrs, backend }) {
    return run(backend, x, filter, attrs as Conv2DAttributes);
  },
};

export const fusedConv2d: Kernel = {
  kernelName: tf.FusedConv2D,
  run({ inputs: { x, filter, bias, preluActivationWeights }, attrs, backend }) {
    const { activation = "linear" } = attrs;
    if (preluActivationWeights || !["linear", "relu"].includes(activation)) return null;
    return run(backend, x, filter, attrs as Conv2DAttributes, bias, activation === "relu");
  },
};

function run(
  backend: OnednnBackend,
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  attributes: Conv2DAttributes,
  bias?: tf.TensorInfo,
  relu = false,
): tf.TensorInfo | null {
  if (!isFloat(x, filter)) return null;
  const info = convolutionInfo(x.shape, filter.shape, attributes);
  if (!info) return null;
  // TensorFlow.js also takes a bias that has to be broadcast.
  if (bias && (bias.shape.length !== 1 || bias.shape[0] !== info.outChannels)) return null;
  const y = backend.output(info.outShape);
  convolve(backend, info, {
    x: backend.pointer(x),
    filter: backend.pointer(filter),
    y: y.pointer,
    bias: bias && backend.pointer(bias),
    postOperations: relu ? [{ kind: "elementwise", algorithm: Algorithm.relu }] : [],
  });
  return y.info;
}
