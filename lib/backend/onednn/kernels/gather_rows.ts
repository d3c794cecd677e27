import * as tf from "@tensorflow/tfjs";
import { isFloat, type Kernel } from "./kernel.ts";
import { sizeOf } from "../memory_layout.ts";

/** `gather` along the first axis; copies whole rows. */
export const gatherRows: Kernel = {
  kernelName: tf.GatherV2,
  run({ inputs: { x, indices }, attrs: { axis, batchDims }, backend }) {
    if (!isFloat(x) || axis !== 0 || batchDims !== 0 || indices.shape.length !== 1) return null;
    const [rows, ...rest] = x.shape;
    const width = sizeOf(rest);
    const from = backend.values(x);
    const wanted = backend.values(indices);
    const y = backend.output([wanted.length, ...rest]);
    const to = backend.values(y.info);
    for (let k = 0; k < wanted.length; k++) {
      const row = wanted[k];
      if (!(row >= 0 && row < rows)) {
        throw new Error(`gather: row ${row} is not one of the tensor's ${rows}`);
      }
      to.set(from.subarray(row * width, (row + 1) * width), k * width);
    }
    return y.info;
  },
};
