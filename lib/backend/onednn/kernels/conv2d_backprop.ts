import * as tf from "@tensorflow/tfjs";
import { convolutionInfo } from "./conv2d.ts";
import { filterGradient, inputGradient } from "../convolution.ts";
import { isFloat, type Kernel } from "./kernel.ts";

export const conv2dBackpropInput: Kernel = {
  kernelName: tf.Conv2DBackpropInput,
  run({ inputs: { dy, filter }, attrs, backend }) {
    if (!isFloat(dy, filter)) return null;
    const info = convolutionInfo(attrs.inputShape, filter.shape, attrs);
    if (!info) return null;
    const dx = backend.output(info.inShape);
    inputGradient(backend, info, {
      dy: backend.pointer(dy),
      filter: backend.pointer(filter),
      dx: dx.pointer,
    });
    return dx.info;
  },
};

export const conv2dBackpropFilter: Kernel = {
  kernelName: tf.Conv2DBackpropFilter,
  run({ inputs: { x, dy }, attrs, backend }) {
    if (!isFloat(x, dy)) return null;
    const info = convolutionInfo(x.shape, attrs.filterShape, attrs);
    if (!info) return null;
    const dw = backend.output(info.filterShape);
    filterGradient(backend, info, {
      x: backend.pointer(x),
      dy: backend.pointer(dy),
      dw: dw.pointer,
    });
    return dw.info;
  },
};
