import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import type { AttackResult } from "../../lib/attack/attack.ts";
import { bssAttack, type BssAttackOptions } from "../../lib/attack/bss.ts";
import type { FrozenClassifier } from "../../lib/nn/frozen_classifier.ts";
import { UserError } from "../../lib/user_error.ts";
import { constantClassifier, linearClassifier } from "../classifiers.ts";
import { testClassifier, testImages } from "../networks.ts";
import { onUsableBackends } from "../on_every_backend.ts";
import { valuesOf } from "../values_of.ts";

const CLASSES = 4;
/** The pixels of a test image */
const PIXELS = 64;

/** Attacks test images from the classifier's own top class towards the next class. */
async function attack(
  classifier: FrozenClassifier,
  count: number,
  options: Partial<BssAttackOptions> = {},
): Promise<AttackResult & { images: tf.Tensor4D; base: number[]; target: number[] }> {
  const images = testImages(count);
  const { logits, dispose } = classifier.pullback(images);
  const top = tf.argMax(logits, 1);
  const base = [...await top.data()];
  const target = base.map((c) => (c + 1) % CLASSES);
  dispose();
  tf.dispose([logits, top]);
  return {
    ...await bssAttack(classifier, images, { labels: base, targets: target }, options),
    images,
    base,
    target,
  };
}

function dispose(
  { images, samples, logits }: { [K in "images" | "samples" | "logits"]: tf.Tensor },
) {
  tf.dispose([images, samples, logits]);
}

onUsableBackends("bssAttack() reports the outcomes that follow from the last logits", async () => {
  const classifier = testClassifier();
  const result = await attack(classifier, 16, { step: "newton", eta: 1.2 });
  const values = await result.logits.data();
  result.outcomes.forEach((outcome, i) => {
    const row = [...values.slice(i * CLASSES, (i + 1) * CLASSES)];
    const top = row.indexOf(Math.max(...row));
    const expected = top === result.base[i]
      ? "not crossed"
      : top === result.target[i]
      ? "crossed to target"
      : "third class";
    assertEquals(outcome, expected);
    assertEquals(outcome === "not crossed", result.steps[i] === 10 && top === result.base[i]);
  });
  dispose(result);
  classifier.dispose();
});

/** Computes the gap between the probabilities of two classes from a row of logits. */
function softmaxGap(logits: ArrayLike<number>, base: number, target: number): number {
  const powers = Array.from(logits, Math.exp);
  return (powers[base] - powers[target]) / powers.reduce((sum, power) => sum + power, 0);
}

for (const space of ["logits", "softmax"] as const) {
  onUsableBackends(`bssAttack() makes the gap of each sample smaller on ${space}`, async () => {
    const classifier = testClassifier();
    const result = await attack(classifier, 8, { step: "newton", eta: 0.1, space, maxSteps: 1 });
    const before = await valuesOf(() => classifier.logits(result.images));
    const after = await result.logits.data();
    assertEquals([...result.steps], Array(8).fill(1));
    result.base.forEach((base, i) => {
      const [was, is] = [before, after].map((logits) => {
        const row = logits.slice(i * CLASSES, (i + 1) * CLASSES);
        if (space === "softmax") return softmaxGap(row, base, result.target[i]);
        return row[base] - row[result.target[i]];
      });
      assert(was > 0 && is < was, `sample ${i}: ${was} → ${is}`);
    });
    dispose(result);
    classifier.dispose();
  });
}

onUsableBackends("bssAttack() keeps pixels within the clamp", async () => {
  const classifier = testClassifier();
  const result = await attack(classifier, 8, { eta: 50, clamp: 1.5 });
  const [before, after] = [await result.images.data(), await result.samples.data()];
  assert(after.every((value) => Math.abs(value) <= 1.5));
  for (let i = 0; i < 8; i++) {
    const pixels = Array.from({ length: PIXELS }, (_, k) => i * PIXELS + k);
    const inner = pixels.filter((k) => Math.abs(before[k]) < 1.5);
    assert(inner.some((k) => after[k] !== before[k]), `sample ${i} did not move`);
    assert(inner.some((k) => Math.abs(after[k]) === 1.5), `sample ${i} was not clamped`);
  }
  dispose(result);
  classifier.dispose();
});

onUsableBackends("bssAttack() does not move samples that are not in their base class", async () => {
  const classifier = testClassifier();
  const images = testImages(4);
  const top = await valuesOf(() => tf.argMax(classifier.logits(images), 1));
  const base = top.map((c) => (c + 1) % CLASSES);
  const target = top.map((c) => (c + 2) % CLASSES);
  // A clamp that would move pixels if it were applied to samples that stay.
  const result = await bssAttack(classifier, images, { labels: base, targets: target }, {
    clamp: 0.1,
  });
  assertEquals([...result.steps], [0, 0, 0, 0]);
  assertEquals([...await result.samples.data()], [...await images.data()]);
  tf.dispose([result.samples, result.logits]);
  // One sample moves, the others stay.
  const mixed = [top[0], ...base.slice(1)];
  const others = mixed.map((c) => (c + 1) % CLASSES);
  const whole = await bssAttack(classifier, images, { labels: mixed, targets: others }, {
    clamp: 0.1,
  });
  const size = images.size / 4;
  assertEquals([...(await whole.samples.data()).slice(size)], [
    ...(await images.data()).slice(size),
  ]);
  tf.dispose([whole.samples, whole.logits, images]);
  classifier.dispose();
});

onUsableBackends(
  "bssAttack() goes for the second most probable class without targets",
  async () => {
    const classifier = testClassifier();
    const images = testImages(6);
    const logits = await valuesOf(() => classifier.logits(images));
    const ranked = Array.from({ length: 6 }, (_, i) => {
      const row = logits.slice(i * CLASSES, (i + 1) * CLASSES);
      return row.toSorted((a, b) => b - a).map((logit) => row.indexOf(logit));
    });
    const labels = ranked.map(([first]) => first);
    const samplesOf = async (targets?: number[]) => {
      const options = { step: "newton", eta: 1 } as const;
      const result = await bssAttack(classifier, images, { labels, targets }, options);
      const samples = [...await result.samples.data()];
      tf.dispose([result.samples, result.logits]);
      return samples;
    };
    const without = await samplesOf();
    assertEquals(without, await samplesOf(ranked.map(([, second]) => second)));
    assertNotEquals(without, await samplesOf(ranked.map(([, , third]) => third)));
    images.dispose();
    classifier.dispose();
  },
);

onUsableBackends("bssAttack() does not move samples whose gradient is zero", async () => {
  const classifier = constantClassifier([3, 2, 1]);
  const images = testImages(3);
  const classes = { labels: [0, 0, 0], targets: [1, 2, 1] };
  for (const step of ["published", "newton"] as const) {
    const result = await bssAttack(classifier, images, classes, { step });
    assertEquals(result.outcomes, ["not crossed", "not crossed", "not crossed"]);
    assertEquals([...await result.samples.data()], [...await images.data()]);
    tf.dispose([result.samples, result.logits]);
  }
  images.dispose();
});

Deno.test("bssAttack() names an unknown option or an invalid value", async () => {
  const classifier = testClassifier();
  const images = testImages(1);
  const call = (options: Record<string, unknown>) =>
    bssAttack(
      classifier,
      images,
      { labels: [0], targets: [1] },
      options as Partial<BssAttackOptions>,
    );
  await assertRejects(() => call({ etta: 1 }), UserError, 'no option "etta"; it has eta');
  await assertRejects(() => call({ eta: 0 }), UserError, "must be a number greater than 0");
  await assertRejects(() => call({ step: "long" }), UserError, "one of published, newton");
  await assertRejects(() => call({ maxSteps: 1.5 }), UserError, "whole number");
  await assertRejects(() => call({ clamp: [1, 0] }), UserError, "pair [low, high]");
  images.dispose();
  classifier.dispose();
});

onUsableBackends("bssAttack() without targets keeps the class that it went for first", async () => {
  // Class 1 is the most probable other class at the start, class 2 after one step.
  const classifier = linearClassifier([0, 1, 3], [10, 0, -1]);
  const image: tf.Tensor4D = tf.zeros([1, 1, 1, 1]);
  const sampleOf = async (targets?: number[]) => {
    const options = { step: "newton", eta: 0.1, maxSteps: 2, clamp: 9 } as const;
    const result = await bssAttack(classifier, image, { labels: [0], targets }, options);
    const sample = [...await result.samples.data()];
    tf.dispose([result.samples, result.logits]);
    return sample;
  };
  const without = await sampleOf();
  assertEquals(without, await sampleOf([1]));
  assertNotEquals(without, await sampleOf([2]));
  image.dispose();
});
