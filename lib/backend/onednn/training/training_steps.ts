import { Algorithm, DataType } from "../constants.ts";
import { type Layout, rowMajor, strided } from "../memory_layout.ts";
import type { OnednnBackend } from "../onednn_backend.ts";
import type { PostOperation, Primitive } from "../primitive.ts";
import { product } from "../recipes.ts";
import { reorder } from "../reorder.ts";

/** `[n, h, w, c]` */
export type Shape = readonly [n: number, h: number, w: number, c: number];

const ADD: PostOperation = { kind: "add to destination" };

/** `execute(from, to)`: converts values of one type to another. */
export function conversion(
  backend: OnednnBackend,
  size: number,
  from: DataType,
  to: DataType,
): Primitive {
  return backend.primitive(`conversion ${size} ${from} ${to}`, () =>
    reorder(
      backend.dnnl,
      rowMajor(backend.dnnl, [size], from),
      rowMajor(backend.dnnl, [size], to),
    ));
}

/**
 * `execute(large, small)`: adds every second row and column of a map to the first channels of another,
 * the option-A shortcut. Takes a third of the time of the convolution that does the same.
 */
export function shortcutAddition(
  backend: OnednnBackend,
  large: Shape,
  small: Shape,
  type: DataType,
): Primitive {
  return addition(backend, "shortcut", large, small, type, (from, to) => [from, to]);
}

/** `execute(small, large)`: the way back of {@linkcode shortcutAddition}. */
export function shortcutGradientAddition(
  backend: OnednnBackend,
  large: Shape,
  small: Shape,
  type: DataType,
): Primitive {
  return addition(backend, "shortcut gradient", large, small, type, (from, to) => [to, from]);
}

function addition(
  backend: OnednnBackend,
  key: string,
  large: Shape,
  small: Shape,
  type: DataType,
  order: (large: Layout, small: Layout) => [from: Layout, to: Layout],
): Primitive {
  return backend.primitive(`${key} ${large} ${small} ${type}`, () => {
    const { dnnl: library } = backend;
    const [, height, width, inChannels] = large;
    const [n, h, w, outChannels] = small;
    const dimensions = [n, inChannels, h, w];
    const every2nd = [height * width, 0, 2 * width, 2].map((stride) => stride * inChannels);
    const first = [h * w, 0, w, 1].map((stride) => stride * outChannels);
    const layouts = [every2nd, first].map((strides) => {
      strides[1] = 1; // channels lie side by side
      return strided(library, dimensions, strides, type);
    });
    const [from, to] = order(layouts[0], layouts[1]);
    return { ...reorder(library, from, to), postOperations: [ADD] };
  });
}

/** `execute(weights, map, means)`: the mean over all pixels, `[n, c]`, in float32. */
export function poolProduct(
  backend: OnednnBackend,
  [n, h, w, c]: Shape,
  type: DataType,
): { primitive: Primitive; weights: Deno.PointerValue } {
  const { dnnl: library } = backend;
  const pixels = h * w;
  // bfloat16 does not have 1/49, so there the sum is divided.
  const weight = type === DataType.f32 ? 1 / pixels : 1;
  const primitive = backend.primitive(`pool ${n} ${pixels} ${c} ${type}`, () =>
    product(library, {
      src: rowMajor(library, [n, 1, pixels], type),
      weights: rowMajor(library, [n, pixels, c], type),
      dst: rowMajor(library, [n, 1, c]),
      postOperations: type === DataType.f32
        ? []
        : [{ kind: "elementwise", algorithm: Algorithm.linear, alpha: 1 / pixels }],
    }));
  return { primitive, weights: backend.constant(weight, n * pixels, type) };
}

/** `execute(ones, values, map)`: the same values, `[n, c]`, for all pixels. */
export function spreadProduct(
  backend: OnednnBackend,
  [n, h, w, c]: Shape,
  type: DataType,
): { primitive: Primitive; ones: Deno.PointerValue } {
  const { dnnl: library } = backend;
  const primitive = backend.primitive(`spread ${n} ${h * w} ${c} ${type}`, () =>
    product(library, {
      src: rowMajor(library, [n, h * w, 1], type),
      weights: rowMajor(library, [n, 1, c], type),
      dst: rowMajor(library, [n, h * w, c], type),
    }));
  return { primitive, ones: backend.constant(1, n * h * w, type) };
}
