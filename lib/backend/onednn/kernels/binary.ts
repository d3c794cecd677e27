import * as tf from "@tensorflow/tfjs";
import { Algorithm } from "../constants.ts";
import { isFloat, type Kernel, WORTHWHILE } from "./kernel.ts";
import { rowMajor, sizeOf } from "../memory_layout.ts";
import type { OnednnBackend } from "../onednn_backend.ts";
import { binaryOperation } from "../recipes.ts";

/** Makes the kernel of a ∘ b, with one of them broadcast to the other. */
function binary(kernelName: string, algorithm: number, commutes: boolean): Kernel {
  return {
    kernelName,
    run({ inputs: { a, b }, backend }) {
      if (!isFloat(a, b)) return null;
      const shape = tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
      const size = sizeOf(shape);
      if (size < WORTHWHILE) return null;
      // oneDNN broadcasts its second operand only.
      if (sizeOf(a.shape) === size) return run(backend, algorithm, shape, a, b);
      return commutes && sizeOf(b.shape) === size ? run(backend, algorithm, shape, b, a) : null;
    },
  };
}

function run(
  backend: OnednnBackend,
  algorithm: number,
  shape: number[],
  large: tf.TensorInfo,
  small: tf.TensorInfo,
): tf.TensorInfo | null {
  const size = sizeOf(shape);
  const sameShape = sizeOf(small.shape) === size;
  const padded = new Array(shape.length - small.shape.length).fill(1).concat(small.shape);
  const [dimensions, broadcast] = sameShape ? [[size], [size]] : merged(shape, padded);
  if (dimensions.length > 5) return null;
  const times = sameShape ? 1 : timesWider(dimensions, broadcast);
  const row = times > 1 ? backend.arena.copyOf(repeated(backend.values(small), times)) : null;
  if (row) {
    dimensions[0] /= times;
    dimensions[1] *= times;
    broadcast[1] *= times;
  }
  const y = backend.output(shape);
  const primitive = backend.primitive(`binary ${algorithm} ${dimensions} ${broadcast}`, () => {
    const src = rowMajor(backend.dnnl, dimensions);
    const src1 = rowMajor(backend.dnnl, broadcast);
    return binaryOperation(backend.dnnl, algorithm, { src, src1, dst: src });
  });
  primitive.execute(backend.pointer(large), row?.pointer ?? backend.pointer(small), y.pointer);
  if (row) backend.arena.release(row);
  return y.info;
}

/**
 * The width up to which rows are joined. If one row is broadcast to all, oneDNN goes through the
 * rows one by one, and through narrow rows number by number: 5 to 17 ns a number for the channels
 * of images, and 1 ns for rows joined to this width.
 */
const WIDE = 4096;

/** Computes the number of rows to join if one row is broadcast to all. */
function timesWider([rows, width]: number[], broadcast: number[]): number {
  let times = 1;
  if (broadcast.length !== 2 || broadcast[0] !== 1) return times;
  while (rows % (2 * times) === 0 && 2 * times * width <= WIDE) times *= 2;
  return times;
}

function repeated(row: Float32Array, times: number): Float32Array {
  const wide = new Float32Array(row.length * times);
  for (let start = 0; start < wide.length; start += row.length) wide.set(row, start);
  return wide;
}

/** Merges neighbouring axes that are both broadcast or both not: few axes are fastest. */
function merged(shape: number[], broadcast: number[]): [number[], number[]] {
  const large: number[] = [];
  const small: number[] = [];
  shape.forEach((extent, axis) => {
    if (extent === 1) return;
    const previous = small.length - 1;
    const repeats = broadcast[axis] === 1;
    if (previous >= 0 && repeats === (small[previous] === 1)) {
      large[previous] *= extent;
      small[previous] *= broadcast[axis];
    } else {
      large.push(extent);
      small.push(broadcast[axis]);
    }
  });
  return [large, small];
}

/** The mask of a ReLU, as x > 0, so 0 for NaN. Plain JavaScript takes 40 times as long. */
const step: Kernel = {
  kernelName: tf.Step,
  run({ inputs: { x }, attrs: { alpha }, backend }) {
    const size = sizeOf(x.shape);
    if (alpha !== 0 || !isFloat(x) || size < WORTHWHILE) return null;
    const zero = backend.arena.copyOf(new Float32Array(1));
    const y = backend.output(x.shape);
    const primitive = backend.primitive(`step ${size}`, () => {
      const src = rowMajor(backend.dnnl, [size]);
      const src1 = rowMajor(backend.dnnl, [1]);
      return binaryOperation(backend.dnnl, Algorithm.greater, { src, src1, dst: src });
    });
    primitive.execute(backend.pointer(x), zero.pointer, y.pointer);
    backend.arena.release(zero);
    return y.info;
  },
};

export const binaries: readonly Kernel[] = [
  step,
  binary(tf.Add, Algorithm.add, true),
  binary(tf.Sub, Algorithm.sub, false),
  binary(tf.Multiply, Algorithm.mul, true),
  binary(tf.RealDiv, Algorithm.div, false),
  binary(tf.Maximum, Algorithm.max, true),
  binary(tf.Minimum, Algorithm.min, true),
];
