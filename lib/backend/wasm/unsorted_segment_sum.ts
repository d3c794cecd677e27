import * as tf from "@tensorflow/tfjs";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";

/**
 * Sum of the rows of x that share a segment id, as [numSegments, …rest]. The backend lacks this
 * kernel, and so the gradient of `tf.gather`. Rows with an id outside the range are left out, as in
 * TensorFlow.
 */
export const unsortedSegmentSum: tf.KernelConfig = {
  kernelName: tf.UnsortedSegmentSum,
  backendName: "wasm",
  kernelFunc: ({ inputs, attrs, backend }) => {
    const x = inputs.x as tf.TensorInfo;
    const segmentIds = inputs.segmentIds as tf.TensorInfo;
    const numSegments = attrs!.numSegments as number;
    const wasm = backend as BackendWasm;
    const output = wasm.makeOutput([numSegments, ...x.shape.slice(1)], x.dtype);
    const source = wasm.typedArrayFromHeap(x);
    const target = wasm.typedArrayFromHeap(output);
    const ids = wasm.typedArrayFromHeap(segmentIds);
    const rowSize = tf.util.sizeFromShape(x.shape.slice(1));
    target.fill(0);
    for (let row = 0; row < ids.length; row++) {
      if (ids[row] < 0 || ids[row] >= numSegments) continue;
      const from = row * rowSize;
      const to = ids[row] * rowSize;
      for (let k = 0; k < rowSize; k++) target[to + k] += source[from + k];
    }
    return output;
  },
};
