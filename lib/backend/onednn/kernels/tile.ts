import * as tf from "@tensorflow/tfjs";
import { Argument } from "../constants.ts";
import { isFloat, type Kernel, sizeOf, WORTHWHILE } from "./kernel.ts";
import { rowMajor } from "../memory_layout.ts";

/** Repetition along neighbouring axes of extent 1: products with a column of ones. */
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
    const { symbols, engine } = library;
    const y = backend.output(shape);
    const primitive = backend.primitive(`tile ${outer} ${count} ${inner}`, () => {
      const src = rowMajor(library, [outer, count, 1]);
      const weights = rowMajor(library, [outer, 1, inner]);
      const dst = rowMajor(library, [outer, count, inner]);
      return {
        create: (place, attributes) =>
          symbols.dnnl_matmul_primitive_desc_create(
            ...[place, engine, src.handle, weights.handle, null, dst.handle, attributes] as const,
          ),
        arguments: [Argument.src, Argument.weights, Argument.dst],
      };
    });
    const ones = backend.constant(1, outer * count);
    primitive.execute(ones, backend.pointer(x), y.pointer);
    return y.info;
  },
};
