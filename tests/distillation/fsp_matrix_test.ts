import { assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { fspLosses, fspMatrix } from "../../lib/distillation/fsp.ts";
import { UserError } from "../../lib/user_error.ts";
import { checkGradients } from "../finite_differences.ts";
import { assertClose } from "../numbers.ts";
import { onUsableBackends } from "../on_every_backend.ts";
import { valuesOf, valuesOfAll } from "../values_of.ts";
import { featureMap } from "./feature_maps.ts";

/** Makes feature maps like a ResNet's: each stage has half the size and twice the channels. */
const stagesOf = (seed: string) => [
  featureMap(`${seed} 1`, [8, 4, 2]),
  featureMap(`${seed} 2`, [4, 2, 4]),
  featureMap(`${seed} 3`, [2, 1, 8]),
];

onUsableBackends("fspMatrix() is the mean over positions of the products of channels", async () => {
  const values = await valuesOf(() => {
    const earlier = tf.tensor4d([1, 2, 3, 4], [1, 2, 1, 2]);
    const later = tf.tensor4d([5, 6, 7, 10, 20, 30], [1, 2, 1, 3]);
    const matrix = fspMatrix(earlier, later);
    assertEquals(matrix.shape, [1, 3, 2]);
    return matrix;
  });
  const products = [[5, 10], [6, 20], [7, 30]]
    .flatMap(([a, b]) => [[1, 3], [2, 4]].map(([c, d]) => (a * c + b * d) / 2));
  assertClose(values, products, 1e-6);
});

onUsableBackends("fspMatrix() averages the earlier map over cells", async () => {
  const [matrix, expected] = await valuesOfAll(() => {
    const [earlier, later] = [featureMap("earlier", [4, 6, 2]), featureMap("later", [2, 2, 3])];
    const averaged = tf.mean(earlier.reshape([2, 2, 2, 2, 3, 2]), [2, 4]) as tf.Tensor4D;
    return [fspMatrix(earlier, later), fspMatrix(averaged, later)];
  });
  assertClose(matrix, expected, 1e-5);
});

onUsableBackends("fspLosses() have gradients that agree with finite differences", async () => {
  await checkGradients(
    (...maps) => tf.mul(tf.addN(fspLosses(stagesOf("teacher"), maps as tf.Tensor4D[])), 10),
    () => stagesOf("student"),
  );
});

onUsableBackends(
  "fspLosses() gives one loss for each pair of stages, and zero for the same maps",
  async () => {
    const zeros = await valuesOfAll(() => {
      const maps = stagesOf("teacher");
      return fspLosses(maps, maps);
    });
    assertEquals(zeros, [[0], [0]]);
    const [first, second, firstOfMixed, expected] = await valuesOfAll(() => {
      const [teacher, student] = [stagesOf("teacher"), stagesOf("student")];
      const mixed = [...student.slice(0, 2), teacher[2]];
      const matrices = [teacher, student].map((maps) => fspMatrix(maps[1], maps[2]));
      return [
        ...fspLosses(teacher, student),
        fspLosses(teacher, mixed)[0],
        tf.mean(tf.squaredDifference(matrices[0], matrices[1])),
      ];
    });
    assertEquals(firstOfMixed, first);
    assertClose(second, expected, 1e-5);
  },
);

Deno.test("fspLosses() says why feature maps cannot be compared", () => {
  tf.tidy(() => {
    const teacher = stagesOf("teacher");
    const losses = (student: tf.Tensor4D[]) => () => fspLosses(teacher, student);
    const [first, second, third] = stagesOf("student");
    assertThrows(losses([first, second]), UserError, "have 2 and 3 stages");
    assertThrows(() => fspLosses([first], [first]), UserError, "at least 2");
    const wide = featureMap("wide", [4, 2, 5]);
    assertThrows(losses([first, wide, third]), UserError, "stage 2 has 4 and 5");
    const odd = featureMap("odd", [3, 3, 8]);
    assertThrows(losses([first, second, odd]), UserError, "4×2 and 3×3");
  });
});
