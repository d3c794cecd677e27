/**
 * PyTorch's tensor layouts on disk, TensorFlow.js's in memory: OIHW ↔ HWIO for filters, [out, in] ↔
 * [in, out] for the linear layer, NCHW ↔ NHWC for images.
 */

/** Reorders the axes of a row-major tensor; axis k of the result is axis `order[k]` of `data`. */
export function permute<T extends Float32Array | Uint8Array | Int32Array>(
  data: T,
  shape: readonly number[],
  order: readonly number[],
): T {
  const strides = shape.map((_, axis) =>
    shape.slice(axis + 1).reduce((product, size) => product * size, 1)
  );
  const result = data.slice() as T;
  const extents = order.map((axis) => shape[axis]);
  const steps = order.map((axis) => strides[axis]);
  const index = new Array<number>(order.length).fill(0);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = data[from];
    for (let axis = order.length - 1; axis >= 0; axis--) {
      from += steps[axis];
      if (++index[axis] < extents[axis]) break;
      from -= steps[axis] * extents[axis];
      index[axis] = 0;
    }
  }
  return result;
}

/** The axis order from PyTorch's layout to TensorFlow.js's, by the rank of a weight; others stay. */
const TO_MEMORY: Record<number, number[]> = { 2: [1, 0], 4: [2, 3, 1, 0] };
/** The inverse of `TO_MEMORY`. */
const TO_DISK: Record<number, number[]> = { 2: [1, 0], 4: [3, 2, 0, 1] };

/** A weight with its shape, in the layout of PyTorch or TensorFlow.js. */
export interface Weight {
  readonly shape: number[];
  readonly data: Float32Array;
}

/** Converts a weight from PyTorch's layout to TensorFlow.js's. */
export function weightToMemory(data: Float32Array, shape: readonly number[]): Weight {
  return reorder(data, shape, TO_MEMORY[shape.length]);
}

/** Converts a weight from TensorFlow.js's layout to PyTorch's. */
export function weightToDisk(data: Float32Array, shape: readonly number[]): Weight {
  return reorder(data, shape, TO_DISK[shape.length]);
}

function reorder(
  data: Float32Array,
  shape: readonly number[],
  order: readonly number[] = [...shape.keys()],
): Weight {
  return { data: permute(data, shape, order), shape: order.map((axis) => shape[axis]) };
}

/** Converts images from [n, c, h, w] to [n, h, w, c]. */
export function nchwToNhwc<T extends Float32Array | Uint8Array>(
  data: T,
  shape: readonly number[],
): T {
  return permute(data, shape, [0, 2, 3, 1]);
}
