import * as tf from "@tensorflow/tfjs";
import { checkGradients, weightedSum } from "../finite_differences.ts";
import { assertClose, uniformNumbers } from "../numbers.ts";
import { computedOn, onEveryBackend } from "../on_every_backend.ts";

interface Shape {
  readonly size: [height: number, width: number];
  readonly channels: [input: number, output: number];
  readonly kernel: number;
  readonly stride: 1 | 2;
  readonly pad: number | "same" | "valid";
}

/** This network's shapes, made smaller, and others that the kernels must not get wrong. */
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

for (const shape of shapes) {
  const { size: [height, width], channels: [input, output], kernel, stride, pad } = shape;
  const text =
    `${height}×${width}, ${kernel}×${kernel}, ${input}→${output}, stride ${stride}, pad ${pad}`;

  async function outputAndGradients(): Promise<ArrayLike<number>[]> {
    const tensors = tf.tidy(() => {
      const x = tf.tensor(uniformNumbers(4 * height * width * input, "x"), [
        4,
        height,
        width,
        input,
      ]);
      const w = tf.tensor(
        uniformNumbers(kernel * kernel * input * output, "w"),
        [kernel, kernel, input, output],
      );
      const convolve = (x: tf.Tensor, w: tf.Tensor) =>
        tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad);
      const f = (x: tf.Tensor, w: tf.Tensor) => weightedSum(convolve(x, w));
      return [convolve(x, w), ...tf.grads(f)([x, w])];
    });
    const values = await Promise.all(tensors.map((tensor) => tensor.data()));
    tf.dispose(tensors);
    return values;
  }

  onEveryBackend(`convolution and its gradients agree with cpu: ${text}`, async () => {
    const ours = await outputAndGradients();
    const reference = await computedOn(outputAndGradients);
    ["output", "gradient of the input", "gradient of the filter"].forEach((what, index) =>
      assertClose(ours[index], reference[index], 1e-5, what)
    );
  });

  onEveryBackend(`convolution gradients agree with finite differences: ${text}`, () => {
    tf.tidy(() => {
      const x = tf.tensor(uniformNumbers(2 * height * width * input, "x"), [
        2,
        height,
        width,
        input,
      ]);
      const w = tf.tensor(
        uniformNumbers(kernel * kernel * input * output, "w"),
        [kernel, kernel, input, output],
      );
      // Linear in each input, so a long step is exact and drowns the rounding.
      checkGradients(
        (x, w) => weightedSum(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad)),
        [x, w],
        { step: 1, tolerance: 1e-4 },
      );
    });
  });
}
