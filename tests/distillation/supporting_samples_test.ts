import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { attackResult } from "../../lib/attack/attack.ts";
import { attacks } from "../../lib/attack/attacks.ts";
import { bssAttack } from "../../lib/attack/bss.ts";
import { attackNormalised } from "../../lib/attack/pixel_space.ts";
import { withNorms } from "../../lib/distillation/supporting_samples.ts";
import { linearClassifier } from "../classifiers.ts";
import { denseClassifier, testImages } from "../networks.ts";
import { assertClose } from "../numbers.ts";
import { onUsableBackends } from "../on_every_backend.ts";
import { valuesOf } from "../values_of.ts";
import { free, topOf } from "../attack/results.ts";

/** For images that lie well within the clamp. */
const NORMALISATION = { mean: [0.5], std: [0.25] };

/** The few steps of Carlini and Wagner's attack succeed from a large constant. */
const OPTIONS: Record<string, Record<string, unknown>> = {
  "carlini-wagner": { searchSteps: 1, maxSteps: 20, learningRate: 0.1, initialConstant: 1000 },
};

/** Each image's own perturbations, `[n, pixels]`. */
async function perturbations(samples: tf.Tensor4D, images: tf.Tensor4D): Promise<number[][]> {
  const difference = tf.tidy(() => tf.sub(samples, images).reshape([images.shape[0], -1]));
  const rows = await difference.array() as number[][];
  difference.dispose();
  return rows;
}

for (const attack of attacks) {
  onUsableBackends(
    `withNorms() keeps the directions of the ${attack.shortName} attack, at the lengths of BSS`,
    async () => {
      const classifier = denseClassifier();
      const images = tf.tidy(() => tf.mul(testImages(5), 0.3)) as tf.Tensor4D;
      const logits = classifier.logits(images);
      const labels = await topOf(logits);
      const classes = { labels, targets: labels.map((label) => (label + 1) % 4) };
      // Short enough for no pixel to reach the clamp.
      const bss = await bssAttack(classifier, images, classes, { step: "newton", eta: 0.1 });
      const own = await attackNormalised(
        attack,
        NORMALISATION,
        classifier,
        images,
        classes,
        OPTIONS[attack.shortName] ?? {},
      );
      const samples = withNorms(images, own.samples, bss.norms);
      const newLogits = classifier.logits(samples);
      const scaled = await attackResult(
        { samples, logits: newLogits, steps: own.steps },
        images,
        classes,
      );
      const before = await perturbations(own.samples, images);
      const after = await perturbations(samples, images);
      let moved = 0;
      before.forEach((row, i) => {
        const length = Math.hypot(...row);
        if (length < 1e-3) return assertEquals(scaled.norms[i], 0);
        moved++;
        assertClose(after[i], row.map((value) => value * bss.norms[i] / length), 1e-4, "samples");
        assertClose([scaled.norms[i]], [bss.norms[i]], 1e-4, "norm");
      });
      assert(moved > 0, "the attack moved no image");
      // The classifier has the last word on where a sample is now.
      const top = await topOf(newLogits);
      assertEquals([...scaled.success], [...top].map((k, i) => k === classes.targets[i]));
      free(bss, own, scaled);
      tf.dispose([images, logits]);
      classifier.dispose();
    },
  );
}

onUsableBackends("withNorms() gives the numbers that plain arithmetic gives", async () => {
  const images = tf.tensor4d([1, 0, 0, 1, 2.7, 0.5], [3, 1, 2, 1]);
  // Perturbations of (0.6, 0.8) and (0, −1), and rounding of an image brighter than the clamp.
  const samples = tf.tensor4d([1.6, 0.8, 0, 0, 2.7 + 1e-5, 0.5], [3, 1, 2, 1]);
  const scaled = withNorms(images, samples, Float32Array.of(2, 0.25, 2));
  // (1, 0) + 2 (0.6, 0.8); (0, 1) + 0.25 (0, −1); the image itself.
  assertClose(await scaled.data(), [2.2, 1.6, 0, 0.75, 2.7, 0.5], 1e-6, "samples");
  // 1 + 4 · 0.6 is beyond the clamp of BSS, 2.5, and 0 − 3 below it.
  const clamped = withNorms(images, samples, Float32Array.of(4, 4, 4));
  assertClose(await clamped.data(), [2.5, 2.5, 0, -2.5, 2.7, 0.5], 1e-6, "clamped samples");
  tf.dispose([images, samples, scaled, clamped]);
});

onUsableBackends(
  "a sample that crossed may be back in its class when it is shortened",
  async () => {
    // Class 1 where the second pixel is above the first.
    const classifier = linearClassifier([1, 0, 0, 1], [0, 0]);
    const images = tf.tensor4d([1, 0], [1, 1, 2, 1]);
    const crossed = tf.tensor4d([0, 1], [1, 1, 2, 1]);
    const successOf = async (norm: number) => {
      const samples = withNorms(images, crossed, Float32Array.of(norm));
      const logits = classifier.logits(samples);
      const steps = Int32Array.of(1);
      const result = await attackResult({ samples, logits, steps }, images, { labels: [0] });
      free(result);
      return result.success;
    };
    // The boundary is √½ away.
    assertEquals([await successOf(0.7), await successOf(0.72)], [[false], [true]]);
    tf.dispose([images, crossed]);
  },
);

onUsableBackends("withNorms() takes no images", async () => {
  const none = await valuesOf(() => {
    const images = tf.zeros([0, 2, 2, 1]) as tf.Tensor4D;
    return withNorms(images, images, new Float32Array(0));
  });
  assertEquals(none.length, 0);
});
