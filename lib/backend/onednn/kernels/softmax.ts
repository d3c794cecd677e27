import * as tf from "@tensorflow/tfjs";
import { Algorithm, Argument, Propagation } from "../constants.ts";
import { isFloat, type Kernel } from "./kernel.ts";
import { rowMajor, sizeOf } from "../memory_layout.ts";

/** Makes a softmax kernel over the last axis. */
function softmaxKernel(kernelName: string, algorithm: number): Kernel {
  return {
    kernelName,
    run({ inputs: { logits }, attrs, backend }) {
      const { shape } = logits;
      const axis = attrs.dim ?? attrs.axis ?? -1;
      const isLast = axis === -1 || axis === shape.length - 1;
      const size = sizeOf(shape);
      if (!isFloat(logits) || !isLast || size === 0) return null;
      const classes = shape[shape.length - 1];
      const y = backend.output(shape);
      const primitive = backend.primitive(`softmax ${algorithm} ${size} ${classes}`, () => {
        const { symbols, engine } = backend.dnnl;
        const layout = rowMajor(backend.dnnl, [size / classes, classes]);
        return {
          create: (place, attributes) =>
            symbols.dnnl_softmax_forward_primitive_desc_create(
              place,
              engine,
              Propagation.forwardInference,
              algorithm,
              layout.handle,
              layout.handle,
              1,
              attributes,
            ),
          arguments: [Argument.src, Argument.dst],
        };
      });
      primitive.execute(backend.pointer(logits), y.pointer);
      return y.info;
    },
  };
}

export const softmaxes: readonly Kernel[] = [
  softmaxKernel(tf.Softmax, Algorithm.softmax),
  softmaxKernel(tf.LogSoftmax, Algorithm.logSoftmax),
];
