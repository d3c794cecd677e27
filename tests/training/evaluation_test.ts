import { assert, assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { type Dataset, makeLabels, withFingerprint } from "../../lib/data/dataset.ts";
import type { FrozenClassifier } from "../../lib/nn/frozen_classifier.ts";
import { evaluate, evaluateAccuracy } from "../../lib/training/evaluation.ts";
import { UserError } from "../../lib/user_error.ts";
import { uniformNumbers } from "../numbers.ts";
import { onUsableBackends } from "../on_every_backend.ts";

/** Makes images of one pixel, the k-th with value k, with the given labels. */
function datasetOf(labelValues: readonly number[], classes: number): Dataset {
  const count = labelValues.length;
  const labels = makeLabels(count, classes);
  labels.set(labelValues);
  const set = { images: Uint8Array.from({ length: count }, (_, k) => k), labels, count };
  return withFingerprint({
    name: "pixels",
    title: "One pixel an image",
    classes: Array.from({ length: classes }, (_, k) => `class ${k}`),
    height: 1,
    width: 1,
    channels: 1,
    mean: [0],
    std: [1],
    train: set,
    test: set,
    provenance: "embedded",
  });
}

/** Makes a classifier that gives image k the k-th row of logits. */
function made(rows: readonly (readonly number[])[]): FrozenClassifier {
  return {
    classes: rows[0].length,
    logits: (images) =>
      tf.tidy(() => {
        const which = tf.round(tf.mul(tf.reshape(images, [-1]), 255)).toInt() as tf.Tensor1D;
        return tf.gather(tf.tensor2d(rows as number[][]), which) as tf.Tensor2D;
      }),
    pullback: () => {
      throw new Error("not needed");
    },
    dispose: () => {},
  };
}

onUsableBackends(
  "evaluate() counts how often the label comes first, and how often among five",
  async () => {
    const logits = [7, 6, 5, 4, 3, 2, 1];
    for (const [label, top1, top5] of [[0, 1, 1], [1, 0, 1], [4, 0, 1], [5, 0, 0], [6, 0, 0]]) {
      const dataset = datasetOf([label], 7);
      assertEquals(await evaluate(made([logits]), dataset, dataset.test), { top1, top5 });
    }
    const dataset = datasetOf([0, 1, 4, 5, 6], 7);
    const classifier = made(new Array(5).fill(logits));
    assertEquals(await evaluate(classifier, dataset, dataset.test), { top1: 0.2, top5: 0.6 });
    assertEquals(await evaluateAccuracy(classifier, dataset, dataset.test), 0.2);
  },
);

onUsableBackends("evaluate() breaks ties as argMax does, for the earlier class", async () => {
  const equal = new Array(7).fill(0.5);
  const dataset = datasetOf([0, 1, 4, 5], 7);
  const accuracy = await evaluate(made(new Array(4).fill(equal)), dataset, dataset.test);
  assertEquals(accuracy, { top1: 0.25, top5: 0.75 });
});

Deno.test("evaluate() gives no share for the first five if there are only five classes", async () => {
  const dataset = datasetOf([4], 5);
  const accuracy = await evaluate(made([[1, 2, 3, 4, 5]]), dataset, dataset.test);
  assertEquals(accuracy, { top1: 1, top5: null });
});

Deno.test("evaluate() refuses a classifier of another data set's classes", async () => {
  const dataset = datasetOf([4], 5);
  for (const logits of [[1, 2, 3, 4], [1, 2, 3, 4, 5, 6]]) {
    await assertRejects(
      () => evaluate(made([logits]), dataset, dataset.test),
      UserError,
      `the classifier has ${logits.length} classes, but pixels has 5`,
    );
  }
  const { classes: _, ...network } = made([[1, 2, 3, 4, 5]]);
  await assertRejects(
    () => evaluate(network as ReturnType<typeof made>, dataset, dataset.test),
    UserError,
    "give freeze(network)",
  );
});

Deno.test("evaluate() gives logits that are not numbers no credit", async () => {
  const dataset = datasetOf([0, 6], 7);
  const lost = [NaN, 1, 2, 3, 4, 5, 6];
  const allLost = new Array(7).fill(NaN);
  const accuracy = await evaluate(made([lost, allLost]), dataset, dataset.test);
  assertEquals(accuracy, { top1: 0, top5: 0 });
});

Deno.test("evaluate() agrees with sorting, and the first five are never fewer than the first", async () => {
  const [count, classes] = [200, 300];
  const values = uniformNumbers(count * classes, "logits");
  const rows = Array.from(
    { length: count },
    (_, k) => [...values.subarray(k * classes, (k + 1) * classes)],
  );
  const orders = rows.map((row) => [...row.keys()].sort((a, b) => row[b] - row[a]));
  // The k-th image is of the class that its logits put at place k mod 11.
  const dataset = datasetOf(orders.map((order, k) => order[k % 11]), classes);
  const { top1, top5 } = await evaluate(made(rows), dataset, dataset.test);
  const share = (places: number) => orders.filter((_, k) => k % 11 < places).length / count;
  assertEquals([top1, top5], [share(1), share(5)]);
  assert(top5! >= top1);
  assert(dataset.test.labels.some((label) => label > 255));
});
