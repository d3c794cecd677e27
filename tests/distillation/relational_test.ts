import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { relationalLosses } from "../../lib/distillation/relational.ts";
import { checkGradients } from "../finite_differences.ts";
import { assertClose, uniformNumbers } from "../numbers.ts";
import { onFastBackends, onUsableBackends } from "../on_every_backend.ts";
import { valuesOf, valuesOfAll } from "../values_of.ts";
import { computedFrom, lossesOf } from "./one_step.ts";

/** Makes the embeddings of five images. */
function embeddings(seed: string, channels: number): tf.Tensor2D {
  return tf.tensor2d(uniformNumbers(5 * channels, seed), [5, channels]);
}

onUsableBackends("relationalLosses() compares distances over their mean", async () => {
  // Distances 3, 4 and 5 over 4, and three of 1.
  const distance = await valuesOf(() =>
    relationalLosses(
      tf.tensor2d([0, 0, 3, 0, 0, 4], [3, 2]),
      tf.oneHot([0, 1, 2], 3).toFloat() as tf.Tensor2D,
    ).distance
  );
  const squares = [3 / 4, 1, 5 / 4].map((of) => (of - 1) ** 2 / 2);
  assertClose(distance, [2 * squares.reduce((sum, value) => sum + value) / 9], 1e-5);
});

onUsableBackends("relationalLosses() compares the cosines of angles at each image", async () => {
  // Angles of 0° and 0°, 0° and 180° in a line; 90° and 45° in a right triangle.
  const angle = await valuesOf(() =>
    relationalLosses(
      tf.tensor2d([0, 1, 2], [3, 1]),
      tf.tensor2d([1, 0, 0, 0, 0, 1], [3, 2]),
    ).angle
  );
  const huber = (x: number) => Math.abs(x) < 1 ? x ** 2 / 2 : Math.abs(x) - 1 / 2;
  const half = Math.SQRT1_2;
  const errors = [1 - half, -1 - 0, 1 - half].map((error) => 2 * huber(error));
  assertClose(angle, [errors.reduce((sum, value) => sum + value) / 27], 1e-5);
});

for (const part of ["distance", "angle"] as const) {
  onUsableBackends(
    `relationalLosses().${part} has a gradient that agrees with finite differences`,
    async () => {
      await checkGradients(
        (student) =>
          tf.mul(relationalLosses(embeddings("teacher", 3), student as tf.Tensor2D)[part], 100),
        () => [embeddings("student", 6)],
      );
    },
  );
}

onUsableBackends("relationalLosses() is finite for equal images and a single one", async () => {
  const values = await valuesOfAll(() =>
    [tf.ones([3, 4]), tf.tensor2d([[1, 2], [1, 2], [0, 5]]), tf.ones([1, 4])].flatMap((student) => {
      const teacher = tf.tensor2d(uniformNumbers(student.size, "teacher"), student.shape as [3, 4]);
      const { value, grad } = tf.valueAndGrad((s) => {
        const { distance, angle } = relationalLosses(teacher, s as tf.Tensor2D);
        return tf.add(distance, angle) as tf.Scalar;
      })(student);
      return [value, grad];
    })
  );
  assert(values.flat().every((value) => Math.abs(value) < 100), JSON.stringify(values));
});

onFastBackends("relational has the losses of the last stage, each with its weight", async () => {
  const part = (name: "distance" | "angle") =>
    computedFrom(({ teacher, student }) => {
      const [of, to] = [teacher, student].map(({ features }) => tf.mean(features[2], [1, 2]));
      return relationalLosses(of as tf.Tensor2D, to as tf.Tensor2D)[name];
    });
  const losses = await lossesOf("relational", { name: "train", epochs: 4 }, {
    options: { distanceWeight: 2, angleWeight: 5 },
  });
  assertEquals(Object.keys(losses), ["cross_entropy", "distance", "angle"]);
  assertClose([losses.distance], [2 * await part("distance")], 1e-4);
  assertClose([losses.angle], [5 * await part("angle")], 1e-4);
});
