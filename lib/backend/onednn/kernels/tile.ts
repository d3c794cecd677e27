import * as tf from "@tensorflow/tfjs";
import { isFloat, type Kernel, WORTHWHILE } from "./kernel.ts";
import { rowMajor, sizeOf } from "../memory_layout.ts";
import { product } from "../recipes.ts";

/** Repetition along neighbouring axes of extent 1, by products with a column of ones. */
export const tile: Kernel = {
  kernelName: tf.Tile,
  run({ inputs: { x }, attrs, backend }) {
    const reps = attrs.reps as number[];
    const repeated = reps.flatMap((count, axis) => count === 1 ? [] : [axis]);
    const [first, last] = [repeated[0], repeated[repeated.length - 1]];
    const isRun = repeated.length > 0 && x.shape.slice(first, last + 1).every((n) => n === 1);
    const shape = x.shape.map((extent, axis) => extent * reps[axis]);
    if (!isFloat(x) || !isRun || sizeOf(shape) < WORTHWHILE) return null;
    const outer = sizeOf(x.shape.slice(0, first));
    const inner = sizeOf(x.shape.slice(last + 1));
    const count = sizeOf(reps);
    const { dnnl: library } = backend;
    const y = backend.output(shape);
    const primitive = backend.primitive(`tile ${outer} ${count} ${inner}`, () =>
      product(library, {
        src: rowMajor(library, [outer, count, 1]),
        weights: rowMajor(library, [outer, 1, inner]),
        dst: rowMajor(library, [outer, count, inner]),
      }));
    const ones = backend.constant(1, outer * count);
    primitive.execute(ones, backend.pointer(x), y.pointer);
    return y.info;
  },
};
