import { assert, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import seedrandom from "seedrandom";
import { apgdAttack } from "../../lib/attack/apgd.ts";
import type { AttackResult } from "../../lib/attack/attack.ts";
import { pgdAttack } from "../../lib/attack/pgd.ts";
import { UserError } from "../../lib/user_error.ts";
import { testClassifier, testImages } from "../networks.ts";
import { onAutomaticBackend } from "../on_every_backend.ts";
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

Deno.test("apgdAttack() names the loss that needs more classes", async () => {
  const classifier = testClassifier({ depth: 8, channels: 1, classes: 3 });
  const images = testImages(1);
  await assertRejects(
    () => apgdAttack(classifier, images, { labels: [0] }, { loss: "dlr" }),
    UserError,
    'the loss "dlr" needs at least 4 classes, but the classifier has 3; use "ce"',
  );
  images.dispose();
  classifier.dispose();
});
