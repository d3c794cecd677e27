import * as tf from "@tensorflow/tfjs";
import { uniformNumbers } from "../numbers.ts";

/**
 * An operation of training or attacks. The tests compare it with plain JavaScript, and its gradient
 * with finite differences. Shapes are large enough for a backend's fast kernels, or too small for
 * them.
 */
export interface Operation {
  readonly name: string;
  readonly shapes: number[][];
  readonly run: (...inputs: tf.Tensor[]) => tf.Tensor;
  /** False if finite differences do not apply, because of kinks or an error of TensorFlow.js. */
  readonly smooth?: boolean;
  readonly positive?: boolean;
}

export const operations: Operation[] = [
  ...[
    [[7], [7]],
    [[40, 30], [40, 30]],
    [[40, 30], [30]],
    [[40, 30], [40, 1]],
    [[30], [40, 30]],
    [
      [5, 6, 7, 8],
      [5, 1, 1, 8],
    ],
    [[5, 6, 7, 8], [6, 1, 8]],
    [[40, 30], []],
    [[40, 1], [1, 30]],
    // The channels of images.
    [[2, 16, 32, 3], [3]],
  ].flatMap((shapes): Operation[] => [
    { name: "add", shapes, run: (a, b) => tf.add(a, b) },
    { name: "sub", shapes, run: (a, b) => tf.sub(a, b) },
    { name: "mul", shapes, run: (a, b) => tf.mul(a, b) },
    { name: "div", shapes, run: (a, b) => tf.div(a, b), positive: true },
    { name: "maximum", shapes, run: (a, b) => tf.maximum(a, b), smooth: false },
    { name: "minimum", shapes, run: (a, b) => tf.minimum(a, b), smooth: false },
  ]),
  ...[[5], [40, 30], [2, 8, 8, 16]].flatMap((shape): Operation[] => [
    { name: "relu", shapes: [shape], run: (x) => tf.relu(x), smooth: false },
    { name: "square", shapes: [shape], run: (x) => tf.square(x) },
    { name: "exp", shapes: [shape], run: (x) => tf.exp(x) },
    { name: "neg", shapes: [shape], run: (x) => tf.neg(x) },
    { name: "log", shapes: [shape], run: (x) => tf.log(x), positive: true },
    { name: "sqrt", shapes: [shape], run: (x) => tf.sqrt(x), positive: true },
    {
      name: "clipByValue",
      shapes: [shape],
      run: (x) => tf.clipByValue(x, -0.5, 0.25),
      smooth: false,
    },
  ]),
  ...[0, 1, [0, 1], -1].flatMap((axis): Operation[] => [
    { name: `sum over ${axis}`, shapes: [[40, 30]], run: (x) => tf.sum(x, axis) },
    { name: `mean over ${axis}`, shapes: [[40, 30]], run: (x) => tf.mean(x, axis) },
    { name: `mean of many rows over ${axis}`, shapes: [[1100, 3]], run: (x) => tf.mean(x, axis) },
    { name: `max over ${axis}`, shapes: [[40, 30]], run: (x) => tf.max(x, axis), smooth: false },
  ]),
  ...[[1, 2], [1, 2, 3], [0, 1, 2], [0, 2], [3]].flatMap((axes): Operation[] => [
    { name: `sum over ${axes}`, shapes: [[4, 6, 5, 16]], run: (x) => tf.sum(x, axes) },
    { name: `mean over ${axes}`, shapes: [[4, 6, 5, 16]], run: (x) => tf.mean(x, axes, true) },
  ]),
  ...[[3, 4], [128, 10]].flatMap((shape): Operation[] => [
    { name: "softmax", shapes: [shape], run: (x) => tf.softmax(x) },
    { name: "logSoftmax", shapes: [shape], run: (x) => tf.logSoftmax(x) },
  ]),
  { name: "matMul", shapes: [[5, 3], [3, 4]], run: (a, b) => tf.matMul(a, b) },
  { name: "matMul, first", shapes: [[3, 5], [3, 4]], run: (a, b) => tf.matMul(a, b, true) },
  { name: "matMul, second", shapes: [[5, 3], [4, 3]], run: (a, b) => tf.matMul(a, b, false, true) },
  { name: "matMul, both", shapes: [[3, 5], [4, 3]], run: (a, b) => tf.matMul(a, b, true, true) },
  { name: "matMul of three", shapes: [[3, 5, 2], [3, 2, 4]], run: (a, b) => tf.matMul(a, b) },
  {
    name: "matMul, broadcast",
    shapes: [[3, 5, 2], [1, 2, 4]],
    run: (a, b) => tf.matMul(a, b),
    smooth: false, // TensorFlow.js's gradient has another shape than the input
  },
  {
    name: "avgPool of everything",
    shapes: [[3, 4, 4, 8]],
    run: (x) => tf.avgPool(x as tf.Tensor4D, 4, 1, "valid"),
  },
  {
    name: "avgPool with zeros around",
    shapes: [[2, 5, 5, 8]],
    run: (x) => tf.avgPool(x as tf.Tensor4D, 3, 2, "same"),
    smooth: false, // plain JavaScript and wasm count the zeros backward, but not forward
  },
  ...[[[4, 1, 1, 8], [1, 12, 10, 1]], [[4, 3], [2, 100]], [[1, 7], [200, 1]]].flatMap((
    [shape, reps],
  ): Operation[] => [{ name: `tile by ${reps}`, shapes: [shape], run: (x) => tf.tile(x, reps) }]),
  ...[[5], [40, 30]].flatMap((shape): Operation[] => [
    { name: "sign", shapes: [shape], run: (x) => tf.sign(x), smooth: false },
    { name: "abs", shapes: [shape], run: (x) => tf.abs(x), smooth: false },
    { name: "atanh", shapes: [shape], run: (x) => tf.atanh(tf.mul(x, 0.5)) },
    { name: "addN", shapes: [shape, shape, shape], run: (...inputs) => tf.addN(inputs) },
    { name: "tanh", shapes: [shape], run: (x) => tf.tanh(x) },
    { name: "rsqrt", shapes: [shape], run: (x) => tf.rsqrt(x), positive: true },
    { name: "step", shapes: [shape], run: (x) => tf.step(x), smooth: false },
    { name: "fill", shapes: [shape], run: (x) => tf.add(x, tf.fill(shape, 0.3)) },
    {
      name: "less",
      shapes: [shape],
      run: (x) => tf.cast(tf.less(x, 0.1), "float32"),
      smooth: false,
    },
    {
      name: "where",
      shapes: [shape, shape],
      run: (a, b) => tf.where(tf.greaterEqual(a, b), a, b),
      smooth: false,
    },
    {
      name: "where of rows",
      shapes: [[40, 30], [40, 30], [40, 1]],
      run: (a, b, rows) => tf.where(tf.greater(rows, 0), a, b),
      smooth: false,
    },
    { name: "stack", shapes: [shape, shape], run: (a, b) => tf.stack([a, b], -1) },
    { name: "unstack", shapes: [[3, ...shape]], run: (x) => tf.unstack(x)[1] },
  ]),
  ...[0, 1].flatMap((axis): Operation[] => [
    {
      name: `concat along ${axis}`,
      shapes: [[4, 3], [4, 3]],
      run: (a, b) => tf.concat([a, b], axis),
    },
  ]),
  {
    name: "concat of feature maps",
    shapes: [[2, 5, 5, 3], [2, 5, 5, 4]],
    run: (a, b) => tf.concat([a, b], 3),
  },
  { name: "pad", shapes: [[2, 4, 4, 3]], run: (x) => tf.pad(x, [[0, 0], [1, 1], [1, 2], [0, 4]]) },
  { name: "transpose", shapes: [[4, 6]], run: (x) => tf.transpose(x) },
  { name: "transpose of axes", shapes: [[2, 3, 4, 5]], run: (x) => tf.transpose(x, [3, 1, 2, 0]) },
  {
    name: "argMax",
    shapes: [[40, 30]],
    run: (x) => tf.cast(tf.argMax(x, 1), "float32"),
    smooth: false,
  },
  {
    name: "equal",
    shapes: [[40, 30]],
    run: (x) => tf.cast(tf.equal(x, tf.max(x, 1, true)), "float32"),
    smooth: false,
  },
  {
    name: "oneHot of the largest",
    shapes: [[40, 30]],
    run: (x) => tf.cast(tf.oneHot(tf.argMax(x, 1), 30), "float32"),
    smooth: false,
  },
  {
    name: "tensorScatterUpdate",
    shapes: [[40, 30], [3, 30]],
    run: (x, rows) => tf.tensorScatterUpdate(x, [[7], [0], [39]], rows),
    smooth: false, // TensorFlow.js has no gradient
  },
  { name: "range", shapes: [[6]], run: (x) => tf.mul(x, tf.range(0, 6)) },
  { name: "expandDims", shapes: [[4, 3]], run: (x) => tf.expandDims(x, 1) },
  {
    name: "maxPool",
    shapes: [[2, 6, 6, 8]],
    run: (x) => tf.maxPool(x as tf.Tensor4D, 2, 2, "valid"),
    smooth: false,
  },
];

/** Makes the inputs of an operation, the same each time. */
export function inputsOf({ name, shapes, positive = false }: Operation): tf.Tensor[] {
  return shapes.map((shape, which) => {
    const size = shape.reduce((product, extent) => product * extent, 1);
    const values = uniformNumbers(size, `${name} ${which}`);
    return tf.tensor(positive ? values.map((value) => value + 1.5) : values, shape);
  });
}
