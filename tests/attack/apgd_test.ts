import { assert, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import seedrandom from "seedrandom";
import { apgdAttack } from "../../lib/attack/apgd.ts";
import { project } from "../../lib/attack/ball.ts";
import type { AttackResult } from "../../lib/attack/attack.ts";
import { pgdAttack } from "../../lib/attack/pgd.ts";
import { UserError } from "../../lib/user_error.ts";
import { linearClassifier } from "../classifiers.ts";
import { testClassifier, testImages } from "../networks.ts";
import { assertClose } from "../numbers.ts";
import { onAutomaticBackend } from "../on_every_backend.ts";
import { valuesOfAll } from "../values_of.ts";
import { CLAMP, free, topOf } from "./results.ts";

// One backend is enough to test the algorithm.
onAutomaticBackend(
  "apgdAttack() fools the classifier at least as often as pgdAttack() within the same ball",
  async () => {
    const classifier = testClassifier();
    const images = testImages(24);
    const logits = classifier.logits(images);
    const labels = await topOf(logits);
    for (const [norm, epsilon] of [["linf", 0.1], ["l2", 0.6]] as const) {
      const options = { norm, epsilon, clamp: CLAMP } as const;
      const pgd = await pgdAttack(classifier, images, { labels }, options);
      const fooled = (result: AttackResult) => result.success.filter(Boolean).length;
      for (const loss of ["ce", "dlr"] as const) {
        const apgd = await apgdAttack(classifier, images, { labels }, {
          ...options,
          loss,
          maxSteps: 50,
        }, {
          random: seedrandom("apgd"),
        });
        assert(fooled(apgd) >= fooled(pgd), `${loss}: ${fooled(apgd)} of ${fooled(pgd)}`);
        assert(fooled(pgd) > 0 && fooled(pgd) < 24, `${fooled(pgd)} fooled`);
        const largest = tf.tidy(() => tf.max(tf.abs(tf.sub(apgd.samples, images))));
        const size = norm === "l2" ? Math.max(...apgd.norms) : (await largest.data())[0];
        assert(size <= epsilon + 1e-5, `${size}`);
        largest.dispose();
        free(apgd);
      }
      free(pgd);
    }
    tf.dispose([images, logits]);
    classifier.dispose();
  },
);

onAutomaticBackend(
  "apgdAttack() steps 2ε up the loss, then with a quarter of the step before",
  async () => {
    // Class 0 always leads, so that all samples take all steps, and the gradient's direction is w.
    const w = [3, -4, 1, 2];
    const classifier = linearClassifier(w.flatMap((value) => [-value / 2, value / 2]), [30, 0]);
    const images = tf.tensor4d([0.1, 0.2, 0.3, 0.4, 0.5, 0.4, 0.3, 0.2], [2, 2, 2, 1]);
    const epsilon = 0.1;
    const ball = { norm: "l2", epsilon, clamp: 9 } as const;
    const after = async (maxSteps: number) =>
      await apgdAttack(classifier, images, { labels: [0, 0] }, { ...ball, maxSteps }, {
        random: seedrandom("apgd"),
      });
    const results = [await after(0), await after(1), await after(2)];
    const [x0, x1, x2] = results.map(({ samples }) => samples);
    const upwards = tf.tensor4d(w.map((value) => value / Math.hypot(...w)), [1, 2, 2, 1]);
    const stepped = (x: tf.Tensor4D) =>
      project(tf.add(x, tf.mul(upwards, 2 * epsilon)) as tf.Tensor4D, images, ball);
    const [first, second] = await valuesOfAll(() => [
      stepped(x0),
      project(
        tf.addN([
          x1,
          tf.mul(tf.sub(stepped(x1), x1), 0.75),
          tf.mul(tf.sub(x1, x0), 0.25),
        ]) as tf.Tensor4D,
        images,
        ball,
      ),
    ]);
    assertClose(await x1.data(), first, 1e-5, "first step");
    assertClose(await x2.data(), second, 1e-5, "second step");
    free(...results);
    tf.dispose([images, upwards]);
  },
);

onAutomaticBackend(
  "apgdAttack() attacks an image the same whatever other images leave after a run",
  async () => {
    const classifier = testClassifier();
    const images = testImages(12);
    const logits = classifier.logits(images);
    const labels = await topOf(logits);
    const options = { norm: "l2", epsilon: 0.6, clamp: CLAMP, loss: "dlr", maxSteps: 10 } as const;
    const draws = Array.from(labels, (_, i) => i / 12);
    const random = draws.values();
    const all = await apgdAttack(classifier, images, { labels }, options, {
      random: () => random.next().value!,
    });
    for (let i = 6; i < 12; i++) {
      const image = tf.slice(images, [i], [1]);
      const alone = await apgdAttack(classifier, image, { labels: [labels[i]] }, options, {
        random: () => draws[i],
      });
      assertClose(alone.norms, [all.norms[i]], 1e-4, `image ${i}`);
      free(alone);
      image.dispose();
    }
    free(all);
    tf.dispose([images, logits]);
    classifier.dispose();
  },
);

Deno.test("apgdAttack() names the loss that needs more classes", async () => {
  const classifier = testClassifier({ depth: 8, channels: 1, classes: 3 });
  const images = testImages(1);
  await assertRejects(
    () => apgdAttack(classifier, images, { labels: [0] }, { loss: "dlr", clamp: 9 }),
    UserError,
    'the loss "dlr" needs at least 4 classes, but the classifier has 3; use "ce"',
  );
  images.dispose();
  classifier.dispose();
});
