import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import {
  contrastCounts,
  contrastLoss,
  estimateNormaliser,
} from "../../lib/distillation/contrastive.ts";
import { checkGradients } from "../finite_differences.ts";
import { assertClose, uniformNumbers } from "../numbers.ts";
import { onFastBackends, onUsableBackends } from "../on_every_backend.ts";
import { valuesOf, valuesOfAll } from "../values_of.ts";

/** Two images, three rows of a bank, and three negatives for each image. */
const drawn = () => ({
  anchors: tf.tensor2d([[1, 0], [0.6, 0.8]]),
  bank: tf.tensor2d([[0, 1], [0.8, 0.6], [-1, 0]]),
  rows: tf.tensor1d([1, 2], "int32"),
  counts: tf.tensor2d([[2, 1, 1], [0, 3, 1]]),
  negatives: 3,
  temperature: 0.5,
});
/** The products of anchors and bank */
const PRODUCTS = [[0, 0.8, -1], [0.8, 0.96, -0.6]];

onUsableBackends("contrastLoss() tells the own row of the bank from the drawn ones", async () => {
  const [z, noise] = [7, 3 / 3];
  const p = PRODUCTS.map((row) => row.map((product) => Math.exp(product / 0.5) / z));
  const own = (q: number) => -Math.log(q / (q + noise));
  const other = (q: number) => -Math.log(noise / (q + noise));
  const expected = [
    own(p[0][1]) + 2 * other(p[0][0]) + other(p[0][2]),
    own(p[1][2]) + 3 * other(p[1][1]),
  ];
  const loss = await valuesOf(() => contrastLoss(drawn(), tf.tensor1d([z])));
  assertClose(loss, [(expected[0] + expected[1]) / 2], 1e-5);
});

onUsableBackends("contrastLoss() has a gradient that agrees with finite differences", async () => {
  await checkGradients(
    (anchors) => contrastLoss({ ...drawn(), anchors: anchors as tf.Tensor2D }, tf.tensor1d([7])),
    () => [tf.tensor2d(uniformNumbers(4, "anchors"), [2, 2])],
  );
});

onUsableBackends(
  "estimateNormaliser() takes the mean over the contrast, without a gradient",
  async () => {
    const [[z], gradient] = await valuesOfAll(() => {
      const { value, grad } = tf.valueAndGrad((anchors) =>
        tf.sum(estimateNormaliser({ ...drawn(), anchors: anchors as tf.Tensor2D })) as tf.Scalar
      )(drawn().anchors);
      return [value, grad];
    });
    const e = PRODUCTS.map((row) => row.map((product) => Math.exp(product / 0.5)));
    const mean = (2 * e[0][0] + e[0][1] + e[0][2] + 3 * e[1][1] + e[1][2]) / 8;
    assertClose([z], [3 * mean], 1e-5);
    assertEquals(gradient, [0, 0, 0, 0]);
  },
);

/** Counts the contrasts of five of 60 images; image i has class i % 3. */
async function countsOf(negatives: number): Promise<number[][]> {
  const trainingLabels = Array.from({ length: 60 }, (_, image) => image % 3);
  const indices = Int32Array.of(4, 59, 0, 33, 7);
  const draws = uniformNumbers(10_000, "negatives").map((value) => (value + 1) / 2).values();
  const values = await valuesOf(() =>
    contrastCounts(negatives, {
      indices,
      labelValues: indices.map((index) => trainingLabels[index]),
      trainingLabels,
      random: (stream) => (assertEquals(stream, "negatives"), () => draws.next().value!),
    })
  );
  return [...indices].map((index, row) => {
    const counts = values.slice(60 * row, 60 * (row + 1));
    trainingLabels.forEach((label, image) => {
      if (label === index % 3) assertEquals(counts[image], Number(image === index));
    });
    return counts.filter((_, image) => image % 3 !== index % 3);
  });
}

onFastBackends("contrastCounts() draws images of other classes, each at most once", async () => {
  for (const counts of await countsOf(15)) {
    assertEquals(counts.filter((count) => count === 1).length, 15);
    assertEquals(counts.filter((count) => count === 0).length, 25);
  }
  for (const counts of await countsOf(40)) assert(counts.every((count) => count === 1));
});

onFastBackends("contrastCounts() draws images again if there are too few", async () => {
  for (const counts of await countsOf(1600)) {
    assertEquals(counts.reduce((sum, count) => sum + count), 1600);
    // A count has mean 40 and standard deviation 6.2.
    assert(counts.every((count) => count > 10 && count < 70), String(counts));
  }
});
