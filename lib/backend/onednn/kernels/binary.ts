import * as tf from "@tensorflow/tfjs";
import { Algorithm } from "../constants.ts";
import { isFloat, type Kernel, sizeOf, WORTHWHILE } from "./kernel.ts";
import { rowMajor } from "../memory_layout.ts";
import type { OnednnBackend } from "../onednn_backend.ts";
import { binaryOperation } from "../recipes.ts";

/** a ∘ b, with b broadcast to a. */
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
  const y = backend.output(shape);
  const primitive = backend.primitive(`binary ${algorithm} ${dimensions} ${broadcast}`, () => {
    const src = rowMajor(backend.dnnl, dimensions);
    const src1 = rowMajor(backend.dnnl, broadcast);
    return binaryOperation(backend.dnnl, algorithm, { src, src1, dst: src });
  });
  primitive.execute(backend.pointer(large), backend.pointer(small), y.pointer);
  return y.info;
}

/** Merges neighbouring axes that are both broadcast, or both not: oneDNN is fastest on few axes. */
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

export const binaries: readonly Kernel[] = [
  binary(tf.Add, Algorithm.add, true),
  binary(tf.Sub, Algorithm.sub, false),
  binary(tf.Multiply, Algorithm.mul, true),
  binary(tf.RealDiv, Algorithm.div, false),
  binary(tf.Maximum, Algorithm.max, true),
];
