import * as tf from "@tensorflow/tfjs";
import { Algorithm, Argument } from "../constants.ts";
import { isFloat, type Kernel, WORTHWHILE } from "./kernel.ts";
import { rowMajor, sizeOf } from "../memory_layout.ts";
import type { OnednnBackend } from "../onednn_backend.ts";
import type { PrimitiveRecipe } from "../primitive.ts";
import { product } from "../recipes.ts";

/** True for many short rows. A reduction of 262,144 rows of 16 takes 36 ms, a product 1.2 ms. */
const isManyShortRows = (rows: number, values: number) => rows > 1024 && values < 1024;

/**
 * Makes a kernel for sums, means or maxima over neighbouring axes. oneDNN's own reduction is fast
 * only over a long last axis (elsewhere it is a reference loop). Other sums are products with ones.
 *
 * @param axesOf reads the axes from the attributes
 * @param factor the factor of a sum over `count` values; left out if the kernel computes no sum
 */
function reduce(
  kernelName: string,
  algorithm: number,
  // deno-lint-ignore no-explicit-any -- Max has another name for its axes
  axesOf: (attributes: any) => number | number[],
  factor?: (count: number) => number,
): Kernel {
  return {
    kernelName,
    run({ inputs: { x }, attrs, backend }) {
      if (!isFloat(x) || sizeOf(x.shape) < WORTHWHILE) return null;
      const axes = tf.util.parseAxisParam(axesOf(attrs), x.shape);
      const [first, last] = [axes[0], axes[axes.length - 1]];
      // TensorFlow.js does not sort the axes.
      if (axes.length === 0 || axes.some((axis, k) => axis !== first + k)) return null;
      const outer = sizeOf(x.shape.slice(0, first));
      const reduced = sizeOf(x.shape.slice(first, last + 1));
      const inner = sizeOf(x.shape.slice(last + 1));
      const isLastAxis = inner === 1;
      if (!isLastAxis && !factor) return null;
      const y = backend.output(
        attrs.keepDims
          ? x.shape.map((extent, axis) => axes.includes(axis) ? 1 : extent)
          : x.shape.filter((_, axis) => !axes.includes(axis)),
      );
      const key = `reduce ${algorithm} ${outer} ${reduced} ${inner}`;
      if (isLastAxis && factor && isManyShortRows(outer, reduced)) {
        const column = backend.constant(factor(reduced), reduced);
        backend.primitive(`${key} product`, () => asProduct(backend, 1, outer, reduced, 1))
          .execute(backend.pointer(x), column, y.pointer);
      } else if (isLastAxis) {
        backend.primitive(key, () => overLastAxis(backend, algorithm, outer, reduced))
          .execute(backend.pointer(x), y.pointer);
      } else {
        const row = backend.constant(factor!(reduced), outer * reduced);
        backend.primitive(key, () => asProduct(backend, outer, 1, reduced, inner))
          .execute(row, backend.pointer(x), y.pointer);
      }
      return y.info;
    },
  };
}

function overLastAxis(
  { dnnl: library }: OnednnBackend,
  algorithm: number,
  outer: number,
  reduced: number,
): PrimitiveRecipe {
  const { symbols, engine } = library;
  const src = rowMajor(library, [outer, reduced]);
  const dst = rowMajor(library, [outer, 1]);
  return {
    create: (place, attributes) =>
      symbols.dnnl_reduction_primitive_desc_create(
        place,
        engine,
        algorithm,
        src.handle,
        dst.handle,
        0,
        0,
        attributes,
      ),
    arguments: [Argument.src, Argument.dst],
  };
}

/** `[batch, rows, reduced] × [batch, reduced, columns]` */
function asProduct(
  { dnnl: library }: OnednnBackend,
  batch: number,
  rows: number,
  reduced: number,
  columns: number,
): PrimitiveRecipe {
  return product(library, {
    src: rowMajor(library, [batch, rows, reduced]),
    weights: rowMajor(library, [batch, reduced, columns]),
    dst: rowMajor(library, [batch, rows, columns]),
  });
}

// deno-lint-ignore no-explicit-any -- as above
const axis = (attributes: any) => attributes.axis;

export const reductions: readonly Kernel[] = [
  reduce(tf.Sum, Algorithm.reductionSum, axis, () => 1),
  reduce(tf.Mean, Algorithm.reductionMean, axis, (count) => 1 / count),
  reduce(tf.Max, Algorithm.reductionMax, ({ reductionIndices }) => reductionIndices),
];
