import { Algorithm, BYTES, DataType } from "../constants.ts";
import { type Layout, rowMajor, strided } from "../memory_layout.ts";
import type { OnednnBackend } from "../onednn_backend.ts";
import type { Primitive, PrimitiveRecipe } from "../primitive.ts";
import { product } from "../recipes.ts";
import { reorder } from "../reorder.ts";

/** `[n, h, w, c]` */
export type Shape = readonly [n: number, h: number, w: number, c: number];

type Pointer = Deno.PointerValue;

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

/** Two maps between which a shortcut goes, and where they lie. */
interface ShortcutEnds {
  readonly large: Shape;
  readonly small: Shape;
  readonly largeAt: Pointer;
  readonly smallAt: Pointer;
}

/**
 * Adds every second row and column of a large map to the first channels of a small one: the option-A
 * shortcut. Takes less than half the time of the convolution that does the same.
 */
export function addShortcut(backend: OnednnBackend, ends: ShortcutEnds, type: DataType): void {
  for (const { layouts, places, key } of rowsOf(backend, ends, type)) {
    const [large, small] = layouts;
    backend.primitive(`shortcut ${key}`, () => addition(backend, large(), small()))
      .execute(...places);
  }
}

/** Adds the first channels of a small map to every second row and column of a large one: the way back. */
export function addShortcutGradient(
  backend: OnednnBackend,
  ends: ShortcutEnds,
  type: DataType,
): void {
  for (const { layouts, places, key } of rowsOf(backend, ends, type)) {
    const [large, small] = layouts;
    backend.primitive(`shortcut gradient ${key}`, () => addition(backend, small(), large()))
      .execute(...places.toReversed());
  }
}

function addition({ dnnl: library }: OnednnBackend, from: Layout, to: Layout): PrimitiveRecipe {
  return { ...reorder(library, from, to), postOperations: [{ kind: "add to destination" }] };
}

/**
 * The rows and columns that a shortcut connects. oneDNN takes twice as many rows as there are for one
 * layout to be an overlap, so the last row of an odd number goes alone.
 */
function* rowsOf(
  { dnnl: library }: OnednnBackend,
  { large, small, largeAt, smallAt }: ShortcutEnds,
  type: DataType,
) {
  const [n, height, width, inChannels] = large;
  const [, h, w, outChannels] = small;
  const together = Math.floor(height / 2);
  for (const [start, rows] of [[0, together], [together, h - together]]) {
    if (rows === 0) continue;
    const dimensions = [n, inChannels, rows, w];
    const largeStrides = [height * width * inChannels, 1, 2 * width * inChannels, 2 * inChannels];
    const smallStrides = [h * w * outChannels, 1, w * outChannels, outChannels];
    yield {
      key: `${large} ${small} ${rows} ${type}`,
      layouts: [largeStrides, smallStrides].map((strides) => () =>
        strided(library, dimensions, strides, type)
      ),
      places: [
        offset(largeAt, start * largeStrides[2] * BYTES[type]),
        offset(smallAt, start * smallStrides[2] * BYTES[type]),
      ],
    };
  }
}

function offset(pointer: Pointer, bytes: number): Pointer {
  return bytes === 0 ? pointer : Deno.UnsafePointer.offset(pointer!, bytes);
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
