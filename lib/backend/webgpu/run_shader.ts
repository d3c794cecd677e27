import * as tf from "@tensorflow/tfjs";
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";

/** The number of threads that compute together and can share memory. */
export const WORKGROUP_SIZE = 64;

/** One program for the GPU, in WGSL. */
interface Shader {
  /** A unique key: the shader's name and every value that its code contains. */
  readonly key: string;
  /**
   * The tensors that it reads, by their names in the code, where they are flat arrays. With
   * `components` for a name, the entries of that array are vectors of so many numbers.
   */
  readonly inputs: Readonly<Record<string, tf.TensorInfo>>;
  readonly components?: Readonly<Record<string, number>>;
  /** The shape of its result, in the code the flat array `result`. */
  readonly outputShape: number[];
  /** The size of the vectors in `result`; default: 1, plain numbers. */
  readonly outputComponents?: number;
  /** Whole numbers, in the code `uniforms.name`. */
  readonly uniforms: Readonly<Record<string, number>>;
  /**
   * Other numbers, in the code `uniforms.name`. A value that changes from call to call, such as a
   * learning rate, then needs no new program.
   */
  readonly factors?: Readonly<Record<string, number>>;
  /** The number of calls of `main(index: i32)`; rounded up to whole workgroups. */
  readonly threads: number;
  readonly code: string;
}

/** A type of number, in WGSL and for TensorFlow.js. */
const INTEGER = { wgsl: "i32", type: "int32" };
const REAL = { wgsl: "f32", type: "float32" };

/** Queues a shader and returns its result in float32. Run several of them within a `tf.tidy`. */
export function runShader(backend: WebGPUBackend, shader: Shader): tf.Tensor {
  const { key, inputs, components = {}, outputShape, outputComponents = 1 } = shader;
  const numbers = [
    ...Object.entries(shader.uniforms).map(([name, value]) => ({ name, ...INTEGER, value })),
    ...Object.entries(shader.factors ?? {}).map(([name, value]) => ({ name, ...REAL, value })),
  ];
  const names = Object.keys(inputs);
  const output = backend.runWebGPUProgram(
    {
      shaderKey: key,
      variableNames: names,
      variableComponents: names.map((name) => components[name] ?? 1),
      outputShape,
      outputComponent: outputComponents,
      uniforms: numbers.map(({ name, wgsl }) => `${name} : ${wgsl}, `).join(""),
      workgroupSize: [WORKGROUP_SIZE, 1, 1],
      dispatchLayout: { x: outputShape.map((_, axis) => axis) },
      dispatch: [Math.ceil(shader.threads / WORKGROUP_SIZE), 1, 1],
      getUserCode: () => shader.code,
    },
    Object.values(inputs),
    "float32",
    numbers.map(({ type, value }) => ({ type, data: [value] })),
  );
  return tf.engine().makeTensorFromTensorInfo(output);
}

/** Queues a shader that computes each number from the inputs' numbers at the same place. */
export function runElementwise(
  backend: WebGPUBackend,
  { key, inputs, factors, expression }: Pick<Shader, "key" | "inputs" | "factors"> & {
    /** WGSL, with `name[at]` for an input and `uniforms.name` for a factor. */
    readonly expression: string;
  },
): tf.Tensor {
  const [{ shape: outputShape }] = Object.values(inputs);
  const size = tf.util.sizeFromShape(outputShape);
  return runShader(backend, {
    key,
    inputs,
    factors,
    outputShape,
    threads: size,
    uniforms: { size },
    code: `
      fn main(at : i32) {
        if (at >= uniforms.size) { return; }
        result[at] = ${expression};
      }`,
  });
}
