import { assert, assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { bssAttack, type BssAttackOptions, type BssAttackResult } from "../../lib/attack/bss.ts";
import { outcomeShares } from "../../lib/attack/outcome.ts";
import type { FrozenClassifier } from "../../lib/nn/frozen_classifier.ts";
import { UserError } from "../../lib/user_error.ts";
import { testClassifier, testImages } from "../networks.ts";
import { assertClose } from "../numbers.ts";
import { onEveryBackend } from "../on_every_backend.ts";

const CLASSES = 4;

/** Attacks test images from the classifier's own top class towards the next class. */
async function attack(
  classifier: FrozenClassifier,
  count: number,
  options: Partial<BssAttackOptions> = {},
): Promise<BssAttackResult & { images: tf.Tensor4D; base: number[]; target: number[] }> {
  const images = testImages(count);
  const { logits, dispose } = classifier.pullback(images);
  const top = tf.argMax(logits, 1);
  const base = [...await top.data()];
  const target = base.map((c) => (c + 1) % CLASSES);
  dispose();
  tf.dispose([logits, top]);
  return {
    ...await bssAttack(classifier, images, base, target, options),
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

onEveryBackend("bssAttack() gives the same with and without compaction", async () => {
  const classifier = testClassifier();
  for (const step of ["published", "newton"] as const) {
    const options = { step, eta: step === "newton" ? 1.2 : 20 };
    const compacted = await attack(classifier, 12, options);
    const whole = await attack(classifier, 12, { ...options, compact: false });
    assertClose(await compacted.samples.data(), await whole.samples.data(), 1e-5, "samples");
    assertClose(await compacted.logits.data(), await whole.logits.data(), 1e-5, "logits");
    assertEquals([...compacted.steps], [...whole.steps]);
    assertEquals(compacted.outcomes, whole.outcomes);
    assert(new Set(compacted.steps).size > 1, "the samples should finish at different steps");
    dispose(compacted);
    dispose(whole);
  }
  classifier.dispose();
});

onEveryBackend(
  "bssAttack() gives the classifier's logits on the samples, and true norms",
  async () => {
    const classifier = testClassifier();
    const result = await attack(classifier, 8, { step: "newton", eta: 1 });
    const expected = classifier.logits(result.samples);
    assertClose(await result.logits.data(), await expected.data(), 1e-5, "logits");
    const norms = tf.tidy(() =>
      tf.sqrt(tf.sum(tf.square(tf.sub(result.samples, result.images)), [1, 2, 3]))
    );
    assertClose(result.norms, await norms.data(), 1e-5, "norms");
    tf.dispose([expected, norms]);
    dispose(result);
    classifier.dispose();
  },
);

onEveryBackend("bssAttack() reports an outcome that follows from the last logits", async () => {
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

onEveryBackend("bssAttack() rejects in paper mode what did not cross to its target", async () => {
  const classifier = testClassifier();
  const published = await attack(classifier, 16, { step: "newton", eta: 1.2 });
  const paper = await attack(classifier, 16, { step: "newton", eta: 1.2, mode: "paper" });
  assertEquals(published.accepted.length, 16);
  const crossed = paper.outcomes.flatMap((outcome, i) =>
    outcome === "crossed to target" ? [i] : []
  );
  assertEquals([...paper.accepted], crossed);
  assert(crossed.length > 0 && crossed.length < 16, `${crossed.length} of 16 crossed`);
  dispose(published);
  dispose(paper);
  classifier.dispose();
});

onEveryBackend("bssAttack() makes the gap smaller in softmax space too", async () => {
  const classifier = testClassifier();
  const result = await attack(classifier, 8, { step: "newton", eta: 0.5, space: "softmax" });
  assert(outcomeShares(result.outcomes)["not crossed"] < 1);
  dispose(result);
  classifier.dispose();
});

onEveryBackend("bssAttack() keeps pixels within the clamp", async () => {
  const classifier = testClassifier();
  const result = await attack(classifier, 8, { eta: 50, clamp: 1.5 });
  const moved = result.steps.findIndex((steps) => steps > 0);
  const pixels = (await result.samples.data()).slice(moved * 64, (moved + 1) * 64);
  assert(pixels.every((value) => Math.abs(value) <= 1.5));
  dispose(result);
  classifier.dispose();
});

onEveryBackend("bssAttack() leaves samples alone that are not in their base class", async () => {
  const classifier = testClassifier();
  const images = testImages(4);
  const top = tf.tidy(() => [...tf.argMax(classifier.logits(images), 1).dataSync()]);
  const base = top.map((c) => (c + 1) % CLASSES);
  const target = top.map((c) => (c + 2) % CLASSES);
  for (const compact of [true, false]) {
    // A clamp that would move pixels if it were applied to samples that stay.
    const result = await bssAttack(classifier, images, base, target, { compact, clamp: 0.1 });
    assertEquals([...result.steps], [0, 0, 0, 0]);
    assertEquals([...await result.samples.data()], [...await images.data()]);
    tf.dispose([result.samples, result.logits]);
  }
  // One that moves beside one that stays.
  const mixed = [top[0], ...base.slice(1)];
  const others = mixed.map((c) => (c + 1) % CLASSES);
  const whole = await bssAttack(classifier, images, mixed, others, { compact: false, clamp: 0.1 });
  const size = images.size / 4;
  assertEquals([...(await whole.samples.data()).slice(size)], [
    ...(await images.data()).slice(size),
  ]);
  tf.dispose([whole.samples, whole.logits, images]);
  classifier.dispose();
});

onEveryBackend("bssAttack() handles no image and a single one", async () => {
  const classifier = testClassifier();
  const none = tf.zeros([0, 8, 8, 1]) as tf.Tensor4D;
  const empty = await bssAttack(classifier, none, [], []);
  assertEquals([empty.samples.shape[0], empty.logits.shape], [0, [0, CLASSES]]);
  dispose({ ...empty, images: none });
  const single = await attack(classifier, 1, { step: "newton", eta: 1 });
  assertEquals(single.outcomes.length, 1);
  dispose(single);
  classifier.dispose();
});

onEveryBackend("bssAttack() stays finite where the gradient is zero", async () => {
  const constant: FrozenClassifier = {
    classes: 3,
    logits: (x) => tf.tidy(() => tf.tile(tf.tensor2d([[3, 2, 1]]), [x.shape[0], 1])),
    pullback(x) {
      return {
        logits: this.logits(x),
        toImages: (d) => tf.zeros([d.shape[0], x.shape[1], x.shape[2], x.shape[3]]),
        dispose() {},
      };
    },
    dispose() {},
  };
  const images = testImages(3);
  for (const step of ["published", "newton"] as const) {
    const result = await bssAttack(constant, images, [0, 0, 0], [1, 2, 1], { step });
    assertEquals(result.outcomes, ["not crossed", "not crossed", "not crossed"]);
    assertEquals([...await result.samples.data()], [...await images.data()]);
    tf.dispose([result.samples, result.logits]);
  }
  images.dispose();
});

Deno.test("bssAttack() names an option that it does not have, or a value that it may not have", async () => {
  const classifier = testClassifier();
  const images = testImages(1);
  const call = (options: Record<string, unknown>) =>
    bssAttack(classifier, images, [0], [1], options as Partial<BssAttackOptions>);
  await assertRejects(() => call({ etta: 1 }), UserError, 'no option "etta"; it has eta');
  await assertRejects(() => call({ eta: 0 }), UserError, "must be a number greater than 0");
  await assertRejects(() => call({ mode: "text" }), UserError, "one of published, paper");
  await assertRejects(() => call({ maxSteps: 1.5 }), UserError, "whole number");
  await assertRejects(() => bssAttack(classifier, images, [0], [0]), UserError, "two different");
  await assertRejects(() => bssAttack(classifier, images, [0], [4]), UserError, "from 0 to 3");
  await assertRejects(() => bssAttack(classifier, images, [], []), UserError, "1 images need");
  images.dispose();
  classifier.dispose();
});
