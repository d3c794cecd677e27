import * as tf from "@tensorflow/tfjs";
import { checkGradients, weightedSum } from "../finite_differences.ts";
import { assertClose, uniformNumbers } from "../numbers.ts";
import { computedOn, onEveryBackend } from "../on_every_backend.ts";
import { valuesOf } from "../values_of.ts";

/**
 * Operations that training and attacks are made of, on shapes that are large enough for a backend's
 * fast ways and on shapes that are not, each held against plain JavaScript, and its gradient against
 * finite differences.
 */
interface Case {
  readonly name: string;
  readonly shapes: number[][];
  readonly run: (...inputs: tf.Tensor[]) => tf.Tensor;
  /** False where finite differences do not apply: at kinks, or where TensorFlow.js has it wrong. */
  readonly smooth?: boolean;
  readonly positive?: boolean;
}

const cases: Case[] = [
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
    // Channels of images.
    [[2, 16, 32, 3], [3]],
  ].flatMap((shapes): Case[] => [
    { name: "add", shapes, run: (a, b) => tf.add(a, b) },
    { name: "sub", shapes, run: (a, b) => tf.sub(a, b) },
    { name: "mul", shapes, run: (a, b) => tf.mul(a, b) },
    { name: "div", shapes, run: (a, b) => tf.div(a, b), positive: true },
    { name: "maximum", shapes, run: (a, b) => tf.maximum(a, b), smooth: false },
    { name: "minimum", shapes, run: (a, b) => tf.minimum(a, b), smooth: false },
  ]),
  ...[[5], [40, 30], [2, 8, 8, 16]].flatMap((shape): Case[] => [
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
  ...[0, 1, [0, 1], -1].flatMap((axis): Case[] => [
    { name: `sum over ${axis}`, shapes: [[40, 30]], run: (x) => tf.sum(x, axis) },
    { name: `mean over ${axis}`, shapes: [[40, 30]], run: (x) => tf.mean(x, axis) },
    { name: `mean of many rows over ${axis}`, shapes: [[1100, 3]], run: (x) => tf.mean(x, axis) },
    { name: `max over ${axis}`, shapes: [[40, 30]], run: (x) => tf.max(x, axis), smooth: false },
  ]),
  ...[[1, 2], [1, 2, 3], [0, 1, 2], [0, 2], [3]].flatMap((axes): Case[] => [
    { name: `sum over ${axes}`, shapes: [[4, 6, 5, 16]], run: (x) => tf.sum(x, axes) },
    { name: `mean over ${axes}`, shapes: [[4, 6, 5, 16]], run: (x) => tf.mean(x, axes, true) },
  ]),
  ...[[3, 4], [128, 10]].flatMap((shape): Case[] => [
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
    smooth: false, // TensorFlow.js gives a gradient of another shape than the input
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
    smooth: false, // plain JavaScript and wasm count the zeros on the way back, but not forward
  },
  ...[[[4, 1, 1, 8], [1, 12, 10, 1]], [[4, 3], [2, 100]], [[1, 7], [200, 1]]].flatMap((
    [shape, reps],
  ): Case[] => [{ name: `tile by ${reps}`, shapes: [shape], run: (x) => tf.tile(x, reps) }]),
  {
    name: "maxPool",
    shapes: [[2, 6, 6, 8]],
    run: (x) => tf.maxPool(x as tf.Tensor4D, 2, 2, "valid"),
    smooth: false,
  },
];

for (const { name, shapes, run, smooth = true, positive = false } of cases) {
  const title = `${name} [${shapes.join("] and [")}]`;
  const inputsOf = () =>
    shapes.map((shape, which) => {
      const size = shape.reduce((product, extent) => product * extent, 1);
      const values = uniformNumbers(size, `${name} ${which}`);
      return tf.tensor(positive ? values.map((value) => value + 1.5) : values, shape);
    });
  onEveryBackend(`${title} gives what plain JavaScript gives`, async () => {
    const compute = () => valuesOf(() => run(...inputsOf()));
    assertClose(await compute(), await computedOn(compute), 1e-5);
  });
  if (!smooth) continue;
  onEveryBackend(`${title} has the gradient of finite differences`, async () => {
    await checkGradients((...inputs) => weightedSum(run(...inputs)), inputsOf);
  });
}
