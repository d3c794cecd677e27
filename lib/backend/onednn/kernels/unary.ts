import * as tf from "@tensorflow/tfjs";
import { Algorithm, Propagation } from "../constants.ts";
import { isFloat, type Kernel, WORTHWHILE } from "./kernel.ts";
import { rowMajor, sizeOf } from "../memory_layout.ts";
import { elementwise } from "../recipes.ts";

/** Makes a kernel for a function of each value, with the parameters α and β of oneDNN's formula. */
function unary(
  kernelName: string,
  algorithm: number,
  // deno-lint-ignore no-explicit-any -- each kernel has its own attributes
  parameters: (attributes: any) => [alpha: number, beta: number] = () => [0, 0],
): Kernel {
  return {
    kernelName,
    run({ inputs: { x }, attrs, backend }) {
      const size = sizeOf(x.shape);
      if (!isFloat(x) || size < WORTHWHILE) return null;
      const [alpha, beta] = parameters(attrs);
      const y = backend.output(x.shape);
      const primitive = backend.primitive(
        `unary ${algorithm} ${alpha} ${beta} ${size}`,
        () =>
          elementwise(backend.dnnl, {
            propagation: Propagation.forwardInference,
            layout: rowMajor(backend.dnnl, [size]),
            algorithm,
            alpha,
            beta,
          }),
      );
      primitive.execute(backend.pointer(x), y.pointer);
      return y.info;
    },
  };
}

export const unaries: readonly Kernel[] = [
  unary(tf.Relu, Algorithm.relu),
  unary(tf.Square, Algorithm.square),
  unary(tf.Sqrt, Algorithm.sqrt),
  unary(tf.Exp, Algorithm.exp),
  unary(tf.Log, Algorithm.log),
  unary(tf.Neg, Algorithm.linear, () => [-1, 0]),
  unary(tf.ClipByValue, Algorithm.clip, ({ clipValueMin, clipValueMax }) => [
    clipValueMin,
    clipValueMax,
  ]),
];
