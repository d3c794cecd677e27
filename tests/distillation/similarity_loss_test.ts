import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { similarityLoss, similarityMatrix } from "../../lib/distillation/similarity.ts";
import { checkGradients } from "../finite_differences.ts";
import { assertClose, uniformNumbers } from "../numbers.ts";
import { onUsableBackends } from "../on_every_backend.ts";
import { valuesOf, valuesOfAll } from "../values_of.ts";

/** Makes the features of four images. */
function features(seed: string, channels: number): tf.Tensor4D {
  return tf.tensor4d(uniformNumbers(4 * 6 * channels, seed), [4, 3, 2, channels]);
}

onUsableBackends(
  "similarityMatrix() gives the products of images, with rows of norm 1",
  async () => {
    const matrix = await valuesOf(() => similarityMatrix(tf.tensor4d([3, 4, 0, 1], [2, 1, 1, 2])));
    const [a, b] = [[25, 4], [4, 1]];
    const expected = [a, b].flatMap((row) => row.map((value) => value / Math.hypot(...row)));
    assertClose(matrix, expected, 1e-6);
  },
);

onUsableBackends("similarityLoss() is the squared difference of the matrices over n²", async () => {
  const [of, to, loss] = await valuesOfAll(() => {
    const [teacher, student] = [features("teacher", 2), features("student", 5)];
    return [
      similarityMatrix(teacher),
      similarityMatrix(student),
      similarityLoss(teacher, student),
    ];
  });
  const expected = of.reduce((sum, value, k) => sum + (value - to[k]) ** 2, 0) / 4 ** 2;
  assertClose(loss, [expected], 1e-5);
});

onUsableBackends(
  "similarityLoss() has a gradient that agrees with finite differences",
  async () => {
    await checkGradients(
      (student) => tf.mul(similarityLoss(features("teacher", 2), student as tf.Tensor4D), 100),
      () => [features("student", 5)],
    );
  },
);

onUsableBackends(
  "similarityLoss() is zero for the same features at any scale, and finite for zeros",
  async () => {
    const [ofScaled, ofZeros, gradient] = await valuesOfAll(() => {
      const teacher = features("teacher", 3);
      const { value, grad } = tf.valueAndGrad((s) => similarityLoss(teacher, s as tf.Tensor4D))(
        tf.zerosLike(teacher),
      );
      assertEquals(grad.shape, teacher.shape);
      return [similarityLoss(teacher, tf.mul(teacher, 7)), value, grad];
    });
    assertClose(ofScaled, [0], 1e-10);
    assert(Number.isFinite(ofZeros[0]));
    assert(gradient.every(Number.isFinite));
  },
);
