import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
  assertRejects,
} from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { fidelity } from "../../../lib/analysis/evaluations/fidelity.ts";
import type { FrozenClassifier } from "../../../lib/nn/frozen_classifier.ts";
import { resolveOptions } from "../../../lib/options.ts";
import { topClasses } from "../../../lib/tensors/rows.ts";
import { imageTensor } from "../../../lib/training/batches.ts";
import { constantClassifier, linearClassifier } from "../../classifiers.ts";
import { uniformNumbers } from "../../numbers.ts";
import { onAutomaticBackend } from "../../on_every_backend.ts";
import { smallDataset } from "../../training/small_run.ts";

const weights = [...uniformNumbers(8 * 8 * 4, "teacher")];
const noise = uniformNumbers(8 * 8 * 4, "student");
const options = resolveOptions("fidelity", fidelity.options, {
  images: 8,
  step: "newton",
  eta: 1,
  clamp: 100,
});

/** Records the images that a classifier sees. */
function watched(classifier: FrozenClassifier, seen: Promise<ArrayLike<number>>[]) {
  return {
    ...classifier,
    logits(images: Parameters<FrozenClassifier["logits"]>[0]) {
      seen.push(images.data());
      return classifier.logits(images);
    },
  };
}

onAutomaticBackend(
  "the evaluation of fidelity takes test images, the teacher's BSS and noise as long",
  async () => {
    const teacher = linearClassifier(weights, [0, 0, 0, 0]);
    const seen: Promise<ArrayLike<number>>[] = [];
    const student = watched(
      linearClassifier(weights.map((w, i) => w + noise[i] / 2), [0, 0, 0, 0]),
      seen,
    );
    const dataset = smallDataset();
    const all = [...Array(8).keys()];
    const images = imageTensor(dataset, dataset.test, all);
    const logits = teacher.logits(images);
    // The teacher is right but for the third image.
    const labels = Uint8Array.from(topClasses(await logits.data(), 4));
    labels[2] = (labels[2] + 1) % 4;
    const pixels = await images.data();
    images.dispose();
    logits.dispose();

    const test = { ...dataset.test, labels };
    const context = { teacher, student, dataset: { ...dataset, test } };
    const { measurements } = await fidelity.measure(options, context);
    const [inBins, whole] = [true, false].map((isBin) =>
      measurements.filter(({ measure }) => measure.includes("_bin") === isBin)
    );
    const counts = Map.groupBy(whole, ({ measure }) => measure.split("_").at(-1)!);
    assertEquals([...counts.keys()], ["test", "bss", "noise"]);
    assert(counts.get("test")!.every(({ n }) => n === 8));
    assert(["bss", "noise"].every((kind) => counts.get(kind)!.every(({ n }) => n === 7)));
    assert(whole.every(({ value, low, high }) => low! <= value! && value! <= high!));
    const sizes = Array.from({ length: 15 }, (_, bin) => {
      const [confidence, accuracy] = ["confidence", "accuracy"].map((name) =>
        inBins.find(({ measure }) => measure === `${name}_bin${bin}_test`)!
      );
      assertEquals(accuracy.n, confidence.n);
      if (confidence.n === 0) return 0;
      assert(accuracy.low! <= accuracy.value! && accuracy.value! <= accuracy.high!);
      assert(confidence.value! > bin / 15 && confidence.value! <= (bin + 1) / 15);
      return confidence.n;
    });
    assertEquals(sizes.reduce((sum, n) => sum + n), 8);

    const [clean, bss, noisy] = await Promise.all(seen);
    assertEquals(clean, pixels);
    const right = all.filter((i) => i !== 2);
    const lengthOf = (samples: ArrayLike<number>, i: number) =>
      Math.hypot(
        ...Array.from({ length: 64 }, (_, k) => samples[64 * i + k] - pixels[64 * right[i] + k]),
      );
    for (let i = 0; i < 7; i++) {
      assert(lengthOf(bss, i) > 1e-3);
      assertAlmostEquals(lengthOf(noisy, i), lengthOf(bss, i), 1e-4);
    }
    assert(Array.from(noisy).some((value, k) => Math.abs(value - bss[k]) > 1e-3));

    const again = await fidelity.measure(options, context);
    assertEquals(again.measurements, measurements);
  },
);

onAutomaticBackend("fidelity on samples is null if the teacher gets no image right", async () => {
  const wrong = constantClassifier([0, 1, 0, 0]);
  const { test, ...dataset } = smallDataset();
  const zeros = { ...test, labels: new Uint8Array(8) };
  const context = { teacher: wrong, student: wrong, dataset: { ...dataset, test: zeros } };
  const { measurements } = await fidelity.measure(options, context);
  for (const { measure, value, low, high, n } of measurements) {
    // All eight predictions are in one bin, of the class's probability e/(e + 3) = 0.475.
    const isEmptyBin = measure.includes("_bin") && !measure.includes("_bin7_");
    if (measure.endsWith("_test") && !isEmptyBin) assert(value !== null && n === 8, measure);
    else assertEquals([value, low, high, n], [null, null, null, 0], measure);
  }
});

onAutomaticBackend("fidelity frees its tensors if the attack on the teacher fails", async () => {
  const linear = linearClassifier(weights, [0, 0, 0, 0]);
  const dataset = smallDataset();
  const images = imageTensor(dataset, dataset.test, [...Array(8).keys()]);
  const logits = linear.logits(images);
  const labels = Uint8Array.from(topClasses(await logits.data(), 4));
  tf.dispose([images, logits]);
  const teacher = {
    ...linear,
    pullback() {
      throw new Error("stopped");
    },
  };
  const context = {
    teacher,
    student: linear,
    dataset: { ...dataset, test: { ...dataset.test, labels } },
  };
  const before = tf.memory().numTensors;
  await assertRejects(() => fidelity.measure(options, context), Error, "stopped");
  assertEquals(tf.memory().numTensors, before);
});

onAutomaticBackend(
  "fidelity adds noise of its own to each image, in every batch of 256",
  async () => {
    const teacher = linearClassifier(weights, [0, 0, 0, 0]);
    const seen: Promise<ArrayLike<number>>[] = [];
    const dataset = smallDataset(20, 257);
    const { test } = dataset;
    // The last image, alone in its batch, is the first one again.
    const images = test.images.slice();
    images.copyWithin(256 * 64, 0, 64);
    const pixels = imageTensor(dataset, { ...test, images }, [...Array(257).keys()]);
    const logits = teacher.logits(pixels);
    const labels = Uint8Array.from(topClasses(await logits.data(), 4));
    tf.dispose([pixels, logits]);
    const context = {
      teacher,
      student: watched(teacher, seen),
      dataset: { ...dataset, test: { ...test, images, labels } },
    };
    await fidelity.measure({ ...options, images: 257 }, context);
    const [first, last, , , noisyFirst, noisyLast] = await Promise.all(seen);
    const image = (of: ArrayLike<number>) => Array.from(of).slice(0, 64);
    assertEquals(image(last), image(first));
    assertNotEquals(image(noisyLast), image(noisyFirst));
  },
);

onAutomaticBackend("fidelity asks a remembered teacher only once", async () => {
  const teacher = linearClassifier(weights, [0, 0, 0, 0]);
  const student = constantClassifier([1, 0, 0, 0]);
  const memory = new Map();
  const context = { student, dataset: smallDataset(), memory };
  const first = await fidelity.measure(options, { ...context, teacher });
  const gone = { classes: 4, dispose: () => {} } as FrozenClassifier;
  assertEquals(await fidelity.measure(options, { ...context, teacher: gone }), first);
});
