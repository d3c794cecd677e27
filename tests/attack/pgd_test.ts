import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import seedrandom from "seedrandom";
import { pgdAttack } from "../../lib/attack/pgd.ts";
import { testClassifier, testImages } from "../networks.ts";
import { onUsableBackends } from "../on_every_backend.ts";
import { CLAMP, free, topOf } from "./results.ts";

onUsableBackends("pgdAttack() stops early where it may, with the same success", async () => {
  const classifier = testClassifier();
  const images = testImages(10);
  const logits = classifier.logits(images);
  const labels = await topOf(logits);
  const options = { epsilon: 1, maxSteps: 8, clamp: CLAMP };
  const whole = await pgdAttack(classifier, images, { labels }, options);
  const early = await pgdAttack(classifier, images, { labels }, { ...options, earlyStop: true });
  assertEquals([...whole.steps], new Array(10).fill(8));
  whole.success.forEach((success, i) => {
    // Going on may lead back, so that the other direction need not hold.
    if (success) assert(early.success[i]);
    assertEquals(early.steps[i] < 8 || !early.success[i] || early.steps[i] === 8, true);
  });
  assert(early.steps.some((steps) => steps < 8), "one should stop early");
  free(whole, early);
  tf.dispose([images, logits]);
  classifier.dispose();
});

onUsableBackends("pgdAttack() from a random start stays in its ball", async () => {
  const classifier = testClassifier();
  const images = testImages(4);
  const labels = [0, 1, 2, 3];
  for (const [norm, epsilon] of [["linf", 0.2], ["l2", 1]] as const) {
    const result = await pgdAttack(classifier, images, { labels }, {
      ...{ norm, epsilon, clamp: CLAMP, maxSteps: 3, randomStart: true },
    }, { random: seedrandom("start") });
    const largest = tf.tidy(() => tf.max(tf.abs(tf.sub(result.samples, images))));
    const size = norm === "l2" ? Math.max(...result.norms) : (await largest.data())[0];
    assert(size > epsilon / 4 && size <= epsilon + 1e-5, `${size}`);
    largest.dispose();
    free(result);
  }
  images.dispose();
  classifier.dispose();
});
