import { BYTES, type DataType } from "../constants.ts";
import { rowMajor, strided } from "../memory_layout.ts";
import type { OnednnBackend } from "../onednn_backend.ts";
import type { FeatureMap, PassMemory } from "./pass_memory.ts";
import { product, reorder } from "../recipes.ts";
import { offset, type Pointer } from "../arena.ts";

/** Converts values of one type to another. */
export function convert(
  backend: OnednnBackend,
  size: number,
  [fromType, from]: readonly [DataType, Pointer],
  [toType, to]: readonly [DataType, Pointer],
): void {
  backend.primitive(`conversion ${size} ${fromType} ${toType}`, () =>
    reorder(
      backend.dnnl,
      rowMajor(backend.dnnl, [size], fromType),
      rowMajor(backend.dnnl, [size], toType),
    )).execute(from, to);
}

/**
 * Adds every second row and column of a large map to the first channels of a small one: the option-A
 * shortcut. It takes less than half the time of the convolution that does the same.
 */
export function addShortcut(
  backend: OnednnBackend,
  large: FeatureMap,
  small: FeatureMap,
  type: DataType,
): void {
  for (const rows of connectedRows(large, small, type)) {
    addRows(backend, rows.dimensions, rows.large, rows.small, type);
  }
}

/** Adds the first channels of a small map to every second row and column of a large one. */
export function addShortcutGradient(
  backend: OnednnBackend,
  small: FeatureMap,
  large: FeatureMap,
  type: DataType,
): void {
  for (const rows of connectedRows(large, small, type)) {
    addRows(backend, rows.dimensions, rows.small, rows.large, type);
  }
}

/** Some rows of a map: their strides in oneDNN's order, and their address. */
interface Rows {
  readonly strides: readonly number[];
  readonly pointer: Pointer;
}

function addRows(
  backend: OnednnBackend,
  dimensions: readonly number[],
  from: Rows,
  to: Rows,
  type: DataType,
): void {
  const { dnnl: library } = backend;
  const key = `rows ${dimensions} ${from.strides} ${to.strides} ${type}`;
  backend.primitive(key, () => ({
    ...reorder(
      library,
      strided(library, dimensions, from.strides, type),
      strided(library, dimensions, to.strides, type),
    ),
    postOperations: [{ kind: "add to destination" }],
  })).execute(from.pointer, to.pointer);
}

/**
 * Yields the rows and columns that a shortcut connects. An odd number of rows makes two parts: in one,
 * the last row of an image and the first of the next would seem to overlap to oneDNN.
 */
function* connectedRows(
  { shape: [n, ...large], pointer: largeStart }: FeatureMap,
  { shape: [, ...small], pointer: smallStart }: FeatureMap,
  type: DataType,
): Iterable<{ dimensions: readonly number[]; large: Rows; small: Rows }> {
  // A single row has the same layout as a column, which may have any number of rows.
  const isRow = large[0] === 1;
  const [height, width, inChannels] = isRow ? [large[1], 1, large[2]] : large;
  const [h, w, outChannels] = isRow ? [small[1], 1, small[2]] : small;
  const pairs = Math.floor(height / 2);
  const largeImage = height * width * inChannels;
  const largeRow = 2 * width * inChannels;
  const smallRow = w * outChannels;
  // A stride that a single row or column never takes must not exceed an image either.
  const strides = [largeRow, 2 * inChannels].map((stride) => Math.min(stride, largeImage));
  for (const [start, rows] of [[0, pairs], [pairs, h - pairs]]) {
    if (rows === 0) continue;
    yield {
      dimensions: [n, inChannels, rows, w],
      large: {
        strides: [largeImage, 1, ...strides],
        pointer: offset(largeStart, start * largeRow * BYTES[type]),
      },
      small: {
        strides: [h * smallRow, 1, smallRow, outChannels],
        pointer: offset(smallStart, start * smallRow * BYTES[type]),
      },
    };
  }
}

/** Writes the same values, `[n, c]`, to all pixels of a map: a product with a column of ones. */
export function spread(
  { backend, type }: PassMemory,
  values: Pointer,
  { shape: [n, h, w, c], pointer }: FeatureMap,
): void {
  const { dnnl: library } = backend;
  const primitive = backend.primitive(`spread ${n} ${h * w} ${c} ${type}`, () =>
    product(library, {
      src: rowMajor(library, [n, h * w, 1], type),
      weights: rowMajor(library, [n, 1, c], type),
      dst: rowMajor(library, [n, h * w, c], type),
    }));
  primitive.execute(backend.constant(1, n * h * w, type), values, pointer);
}
