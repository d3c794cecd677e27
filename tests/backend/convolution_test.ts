import * as tf from "@tensorflow/tfjs";
import { checkGradients, weightedSum } from "../finite_differences.ts";
import { assertClose, uniformNumbers } from "../numbers.ts";
import { computedOn, onBackendsButCpu, onEveryBackend } from "../on_every_backend.ts";
import { valuesOfAll } from "../values_of.ts";

interface Shape {
  readonly size: [height: number, width: number];
  readonly channels: [input: number, output: number];
  readonly kernel: number;
  readonly stride: 1 | 2;
  readonly pad: number | "same" | "valid";
}

/** Smaller versions of the networks' shapes, and other shapes that the kernels must support. */
const shapes: Shape[] = [
  { size: [8, 8], channels: [1, 16], kernel: 3, stride: 1, pad: 1 },
  { size: [8, 8], channels: [3, 16], kernel: 3, stride: 1, pad: 1 },
  { size: [8, 8], channels: [16, 16], kernel: 3, stride: 1, pad: 1 },
  { size: [8, 8], channels: [16, 32], kernel: 3, stride: 2, pad: 1 },
  { size: [8, 8], channels: [16, 32], kernel: 1, stride: 2, pad: 0 },
  { size: [7, 9], channels: [5, 6], kernel: 3, stride: 2, pad: 1 },
  { size: [7, 9], channels: [2, 3], kernel: 3, stride: 2, pad: 0 },
  { size: [8, 6], channels: [3, 5], kernel: 5, stride: 1, pad: 2 },
  { size: [8, 8], channels: [3, 4], kernel: 3, stride: 2, pad: "same" },
  { size: [8, 8], channels: [5, 4], kernel: 2, stride: 1, pad: "valid" },
];

function textOf({ size, channels, kernel, stride, pad }: Shape): string {
  return `${size.join("×")}, ${kernel}×${kernel}, ${
    channels.join("→")
  }, stride ${stride}, pad ${pad}`;
}

function inputsOf(
  { size: [height, width], channels: [input, output], kernel }: Shape,
  count: number,
) {
  return [
    tf.tensor(uniformNumbers(count * height * width * input, "x"), [count, height, width, input]),
    tf.tensor(
      uniformNumbers(kernel * kernel * input * output, "w"),
      [kernel, kernel, input, output],
    ),
  ];
}

function outputAndGradients(shape: Shape): Promise<number[][]> {
  return valuesOfAll(() => {
    const [x, w] = inputsOf(shape, 4);
    const convolve = (x: tf.Tensor, w: tf.Tensor) =>
      tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, shape.stride, shape.pad);
    const gradients = tf.grads((x: tf.Tensor, w: tf.Tensor) => weightedSum(convolve(x, w)))([x, w]);
    return [convolve(x, w), ...gradients];
  });
}

for (const shape of shapes) {
  const text = textOf(shape);

  onBackendsButCpu(`convolution and its gradients agree with cpu: ${text}`, async () => {
    const ours = await outputAndGradients(shape);
    const reference = await computedOn(() => outputAndGradients(shape));
    ["output", "gradient of the input", "gradient of the filter"].forEach((what, index) =>
      assertClose(ours[index], reference[index], 1e-5, what)
    );
  });

  onEveryBackend(`convolution gradients agree with finite differences: ${text}`, async () => {
    // A convolution is linear in each input: a long step is exact, and rounding hardly matters.
    await checkGradients(
      (x, w) => weightedSum(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, shape.stride, shape.pad)),
      () => inputsOf(shape, 2),
      { step: 1, tolerance: 1e-4 },
    );
  });
}
