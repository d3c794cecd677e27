import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { type Norm, NORMS, sizes } from "../../lib/attack/ball.ts";
import { deepFoolAttack } from "../../lib/attack/deepfool.ts";
import { fabAttack } from "../../lib/attack/fab.ts";
import { testClassifier, testImages } from "../networks.ts";
import { onAutomaticBackend, onUsableBackends } from "../on_every_backend.ts";
import { linearProblem, PIXELS } from "./linear_problem.ts";
import { CLAMP, free, topOf } from "./results.ts";

async function sizesOf(samples: tf.Tensor4D, images: tf.Tensor4D, norm: Norm): Promise<number[]> {
  const tensor = tf.tidy(() => sizes(tf.sub(samples, images) as tf.Tensor4D, norm));
  const values = [...await tensor.data()];
  tensor.dispose();
  return values;
}

/**
 * Computes how far an image must move within bounds until w·x has risen by `gap`, by bisection. Pixel i
 * moves by min(t·sᵢ, roomᵢ), with s = 1 for L∞ and |wᵢ| for L2.
 */
function distanceWithin(image: number[], w: number[], gap: number, norm: Norm, bound: number) {
  const moves = (t: number) =>
    w.map((weight, i) =>
      Math.min(t * (norm === "l2" ? Math.abs(weight) : 1), bound - Math.sign(weight) * image[i])
    );
  let [low, high] = [0, 1e3];
  for (let round = 0; round < 100; round++) {
    const t = (low + high) / 2;
    const risen = moves(t).reduce((sum, move, i) => sum + Math.abs(w[i]) * move, 0);
    if (risen < gap) low = t;
    else high = t;
  }
  return norm === "l2" ? Math.hypot(...moves(high)) : Math.max(...moves(high));
}

for (const [text, bound] of [["", CLAMP], [" within tight bounds", 1.2]] as const) {
  onUsableBackends(
    `fabAttack() finds the nearest boundary of a linear classifier${text}, in both norms`,
    async () => {
      const { classifier, weights, images: loose, labels } = await linearProblem(4, 3);
      const images = tf.clipByValue(loose, -bound, bound) as tf.Tensor4D;
      const pixels = [...await images.data()];
      const passed = classifier.logits(images);
      const logits = await passed.data();
      labels.splice(0, 4, ...await topOf(passed));
      const column = (k: number) => Array.from({ length: PIXELS }, (_, i) => weights[3 * i + k]);
      for (const norm of NORMS) {
        const nearest = labels.map((label, i) =>
          Math.min(
            ...[0, 1, 2].filter((k) => k !== label).map((k) => {
              const own = column(label);
              const w = column(k).map((weight, pixel) => weight - own[pixel]);
              const image = pixels.slice(PIXELS * i, PIXELS * (i + 1));
              return distanceWithin(
                image,
                w,
                logits[3 * i + label] - logits[3 * i + k],
                norm,
                bound,
              );
            }),
          )
        );
        // The first step overshoots by 5 %; from then on, samples close in.
        for (const [maxSteps, most] of [[1, 1.0501], [10, 1.01]] as const) {
          const options = { norm, clamp: bound, maxSteps };
          const result = await fabAttack(classifier, images, { labels }, options);
          assertEquals(result.success, labels.map(() => true));
          (await sizesOf(result.samples, images, norm)).forEach((found, i) => {
            const ratio = found / nearest[i];
            assert(ratio > 1 - 1e-5 && ratio < most, `${norm}: ${found} instead of ${nearest[i]}`);
          });
          free(result);
        }
      }
      tf.dispose([loose, images, passed]);
    },
  );
}

// One backend is enough to test the search.
onAutomaticBackend(
  "fabAttack() with a ball stops at the first success within it, and returns other images",
  async () => {
    const classifier = testClassifier();
    const images = testImages(8);
    const logits = classifier.logits(images);
    const labels = await topOf(logits);
    for (const norm of NORMS) {
      const attack = async (epsilon: number) => {
        const options = { norm, epsilon, clamp: CLAMP, maxSteps: 8, candidates: 2 };
        const result = await fabAttack(classifier, images, { labels }, options);
        const lengths = await sizesOf(result.samples, images, norm);
        free(result);
        return { ...result, lengths };
      };
      const nearest = await attack(0);
      assertEquals(nearest.success, nearest.success.map(() => true));
      const sorted = nearest.lengths.toSorted((a, b) => a - b);
      const epsilon = (sorted[3] + sorted[4]) / 2;
      const inBall = await attack(epsilon);
      assertEquals(inBall.success, nearest.lengths.map((length) => length <= epsilon));
      inBall.lengths.forEach((length, i) => {
        if (!inBall.success[i]) return assertEquals(length, 0);
        assert(length > 0 && length <= epsilon, `${length} in a ball of ${epsilon}`);
        assert(inBall.steps[i] < nearest.steps[i], "it went on");
      });
    }
    tf.dispose([images, logits]);
    classifier.dispose();
  },
);

onAutomaticBackend(
  "fabAttack() with targets passes third classes, and ends nearer than DeepFool",
  async () => {
    const classifier = testClassifier();
    const images = testImages(24);
    const logits = classifier.logits(images);
    const labels = await topOf(logits);
    const targets = labels.map((label) => (label + 1) % classifier.classes);
    const options = { norm: "l2", clamp: CLAMP } as const;
    const found = await fabAttack(classifier, images, { labels, targets }, options);
    const coarse = await deepFoolAttack(classifier, images, { labels, targets }, { clamp: CLAMP });
    // Steps to the boundary of label and target alone end at 11 of the 24.
    assert(found.success.filter(Boolean).length >= 20, found.outcomes.join());
    found.norms.forEach((norm, i) => {
      if (found.success[i]) assert(norm <= coarse.norms[i], `${norm}: ${coarse.norms[i]}`);
    });
    free(found, coarse);
    tf.dispose([images, logits]);
    classifier.dispose();
  },
);
