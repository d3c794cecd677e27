import { ANY_LAYOUT, DataType } from "./constants.ts";
import { created, type Library } from "./open_library.ts";

/**
 * The shape, type and order of values in memory (`dnnl_memory_desc_t`). Dimensions are always in
 * oneDNN's order: `[n, c, h, w]` for images and `[out, in, h, w]` for filters.
 *
 * A layout is never destroyed: each is small, and there are a few for each shape and frozen network.
 */
export interface Layout {
  readonly handle: Deno.PointerValue;
  readonly dimensions: readonly number[];
  readonly type: DataType;
  /** In bytes. */
  readonly size: number;
}

/** Makes a row-major layout of this shape. */
export function rowMajor(
  library: Library,
  shape: readonly number[],
  type = DataType.f32 as DataType,
) {
  return strided(library, shape, rowMajorStrides(shape), type);
}

/** Makes a layout `[n, c, h, w]` for TensorFlow.js's images, `[n, h, w, c]`. */
export function channelsLast(
  library: Library,
  [n, h, w, c]: readonly number[],
  type = DataType.f32 as DataType,
): Layout {
  return strided(library, [n, c, h, w], [h * w * c, 1, w * c, c], type);
}

/** Makes a layout `[out, in, h, w]` for TensorFlow.js's filters, `[h, w, in, out]`. */
export function filterLayout(
  library: Library,
  [h, w, i, o]: readonly number[],
): Layout {
  return strided(library, [o, i, h, w], [1, o, w * i * o, i * o]);
}

export function strided(
  library: Library,
  dimensions: readonly number[],
  strides: readonly number[],
  type = DataType.f32 as DataType,
): Layout {
  const handle = created((place) =>
    library.symbols.dnnl_memory_desc_create_with_strides(
      place,
      dimensions.length,
      int64s(dimensions),
      type,
      int64s(strides),
    )
  );
  return describe(library, handle, dimensions, type);
}

/** Makes a layout that lets oneDNN choose the order when it makes a primitive. */
export function anyLayout(
  library: Library,
  dimensions: readonly number[],
  type: DataType,
): Layout {
  const handle = created((place) =>
    library.symbols.dnnl_memory_desc_create_with_tag(
      place,
      dimensions.length,
      int64s(dimensions),
      type,
      ANY_LAYOUT,
    )
  );
  return { handle, dimensions, type, size: 0 };
}

/** Copies a descriptor that belongs to a primitive. */
export function copyOfLayout(
  library: Library,
  descriptor: Deno.PointerValue,
  dimensions: readonly number[],
  type: DataType,
): Layout {
  const handle = created((place) => library.symbols.dnnl_memory_desc_clone(place, descriptor));
  return describe(library, handle, dimensions, type);
}

export function sameLayout(library: Library, a: Layout, b: Layout): boolean {
  return library.symbols.dnnl_memory_desc_equal(a.handle, b.handle) !== 0;
}

export function int64s(values: readonly number[]): BigInt64Array<ArrayBuffer> {
  return BigInt64Array.from(values, BigInt);
}

function describe(
  library: Library,
  handle: Deno.PointerValue,
  dimensions: readonly number[],
  type: DataType,
): Layout {
  const size = Number(library.symbols.dnnl_memory_desc_get_size(handle));
  return { handle, dimensions, type, size };
}

function rowMajorStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

/** Counts the values of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}
