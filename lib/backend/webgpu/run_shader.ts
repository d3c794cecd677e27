import * as tf from "@tensorflow/tfjs";
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";

/** How many threads compute together and can share memory, unless a shader says otherwise. */
export const WORKGROUP_SIZE = 64;

/** One program for the GPU, in WGSL. */
export interface Shader {
  /** Tells it from every other one: its name, and all that its code was made with. */
  readonly key: string;
  /**
   * The tensors that it reads, by the names under which the code has them as flat arrays. All of an
   * array's entries are vectors of `components` numbers where that is not 1.
   */
  readonly inputs: Readonly<Record<string, tf.TensorInfo>>;
  readonly components?: Readonly<Record<string, number>>;
  /** Its result, which the code has as the flat array `result`; of vectors if so told. */
  readonly outputShape: number[];
  readonly outputComponents?: number;
  /** Whole numbers that the code has as `uniforms.name`. */
  readonly uniforms: Readonly<Record<string, number>>;
  /** Other numbers that it has as `uniforms.name`; what changes from call to call, such as a learning rate, needs no new code so. */
  readonly factors?: Readonly<Record<string, number>>;
  /** How often `main(index: i32)` is called; rounded up to whole workgroups. */
  readonly threads: number;
  readonly code: string;
}

/** A type of number, in WGSL and for TensorFlow.js. */
const INTEGER = { wgsl: "i32", type: "int32" };
const REAL = { wgsl: "f32", type: "float32" };

/** Queues a shader and gives its result, float32; kernels made of several run within a `tf.tidy`. */
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

/** A shader whose result has the shape of its inputs, each number from those at the same place. */
export function runElementwise(
  backend: WebGPUBackend,
  { key, inputs, factors, expression }: Pick<Shader, "key" | "inputs" | "factors"> & {
    /** In WGSL, of `name[at]` for an input and `uniforms.name` for a factor */
    readonly expression: string;
  },
): tf.Tensor {
  const [{ shape: outputShape }] = Object.values(inputs);
  const size = tf.util.sizeFromShape(outputShape);
  return runShader(backend, {
    ...{ key, inputs, factors, outputShape, threads: size },
    uniforms: { size },
    code: `
      fn main(at : i32) {
        if (at >= uniforms.size) { return; }
        result[at] = ${expression};
      }`,
  });
}
