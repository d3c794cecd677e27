import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { bssAttack } from "../../lib/attack/bss.ts";
import { linearClassifier } from "../classifiers.ts";
import { assertClose } from "../numbers.ts";
import { onEveryBackend } from "../on_every_backend.ts";
import { free } from "./results.ts";

onEveryBackend("a BSS step is η(L + ε)∇L/‖∇L‖, or over ‖∇L‖², and then clamped", async () => {
  // f = (3x + 4y, 0, −20) on images of two pixels.
  const classifier = linearClassifier([3, 0, 0, 4, 0, 0], [0, 0, -20]);
  const image = tf.tensor4d([1, 2], [1, 2, 1, 1]);
  // L = 3 + 8 = 11 and ∇L = (3, 4), so that ‖∇L‖ = 5 and η(L + ε) = 0.3 (11 + 1) = 3.6.
  const steps = [
    ["published", 10, [1 - 3.6 / 5 * 3, 2 - 3.6 / 5 * 4]], // (−1.16, −0.88)
    ["published", 1, [-1, -0.88]],
    ["newton", 10, [1 - 3.6 / 25 * 3, 2 - 3.6 / 25 * 4]], // (0.568, 1.424)
    ["newton", 1, [0.568, 1]],
  ] as const;
  for (const [step, clamp, expected] of steps) {
    for (const classes of [{ labels: [0], targets: [1] }, { labels: [0] }]) {
      const options = { step, clamp, eta: 0.3, epsilon: 1, maxSteps: 1 };
      const result = await bssAttack(classifier, image, classes, options);
      assertClose(await result.samples.data(), expected, 1e-6, `${step} within ±${clamp}`);
      assertEquals([...result.steps], [1]);
      const crossed = step === "published";
      assertEquals(result.outcomes, [crossed ? "crossed to target" : "not crossed"]);
      free(result);
    }
  }
  image.dispose();
});

for (const lead of [6, 15, 18, 30, 60]) {
  onEveryBackend(
    `a BSS step on probabilities has the right direction and length if the classifier is surer by ${lead} logits`,
    async () => {
      const classifier = linearClassifier([1, 0, 0, 0, 1, 0, 0, 0, 1], [lead, 0, -3]);
      const image = tf.zeros([1, 3, 1, 1]) as tf.Tensor4D;
      const options = { space: "softmax", maxSteps: 1, clamp: 100, epsilon: 0 } as const;
      const result = await bssAttack(classifier, image, { labels: [0], targets: [1] }, options);
      // z = x + (lead, 0, −3), so ∇L is ∂(p₀ − p₁)/∂z, here without any 1 − p₀, which float32 loses.
      const [p1, p2] = [Math.exp(-lead), Math.exp(-lead - 3)].map((odds) =>
        odds / (1 + Math.exp(-lead) + Math.exp(-lead - 3))
      );
      const p0 = 1 - p1 - p2;
      const slopes = [p0 * (2 * p1 + p2), -p1 * (2 * p0 + p2), -p2 * (p0 - p1)];
      const length = 0.3 * (p0 - p1);
      const expected = slopes.map((slope) => -length * slope / Math.hypot(...slopes));
      assertClose(await result.samples.data(), expected, 1e-5);
      free(result);
      image.dispose();
    },
  );
}

onEveryBackend(
  "a BSS step stays short if the gradient is too small for float32 to square",
  async () => {
    const classifier = linearClassifier([1e-21, 0, 1e-21, 0], [1, 0]);
    const image = tf.tensor4d([1, 2], [1, 2, 1, 1]);
    const result = await bssAttack(classifier, image, { labels: [0] }, { maxSteps: 1 });
    assertClose(await result.samples.data(), [1, 2], 1e-3, "the sample hardly moves");
    free(result);
    image.dispose();
  },
);

/** One row for each of four pixels, one column for each of three classes. */
const WEIGHTS = [[1, -1, 0.5], [0.5, 1, -1], [-2, 0.5, 1], [0.25, -0.5, 2]];
const BIAS = [0.5, 0, -0.25];
/** One image of each class. */
const IMAGES = [[1.25, 0.5, -1.5, -0.5], [-1, 1.5, 1, -1], [-0.5, -1, 0.75, 1.25]];
const LABELS = [0, 1, 2];
const TARGETS = [1, 2, 0];
const [ETA, EPSILON, CLAMP] = [0.2, 0.05, 1];

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function logitsOf(image: readonly number[]): number[] {
  return BIAS.map((bias, k) => bias + sum(image.map((pixel, i) => pixel * WEIGHTS[i][k])));
}

/** Computes the gap of image i at a point, in logits or in probabilities, and its gradient. */
function gapAt(point: readonly number[], i: number, space: string) {
  const logits = logitsOf(point);
  const total = sum(logits.map(Math.exp));
  const f = space === "softmax" ? logits.map((logit) => Math.exp(logit) / total) : logits;
  const gap = f[LABELS[i]] - f[TARGETS[i]];
  const slopes = f.map((p, k) => {
    const sign = k === LABELS[i] ? 1 : k === TARGETS[i] ? -1 : 0;
    return space === "softmax" ? p * (sign - gap) : sign;
  });
  return { gap, gradient: WEIGHTS.map((row) => sum(row.map((weight, k) => weight * slopes[k]))) };
}

/** Takes the paper's steps from image i, in plain numbers. */
function walkByHand(i: number, step: string, space: string) {
  let [point, clamped] = [IMAGES[i], 0];
  for (let steps = 0; steps < 10; steps++) {
    const logits = logitsOf(point);
    if (logits.indexOf(Math.max(...logits)) !== LABELS[i]) break;
    const { gap, gradient } = gapAt(point, i, space);
    const squares = sum(gradient.map((value) => value ** 2));
    const length = ETA * (gap + EPSILON) / (step === "newton" ? squares : Math.sqrt(squares));
    point = point.map((pixel, k) => {
      const moved = pixel - length * gradient[k];
      if (Math.abs(moved) <= CLAMP) return moved;
      clamped++;
      return Math.sign(moved) * CLAMP;
    });
  }
  return { point, clamped };
}

for (
  const [step, space, steps] of [
    ["published", "logits", [5, 5, 4]],
    ["newton", "logits", [10, 10, 10]],
    ["published", "softmax", [10, 10, 9]],
    // A flat softmax makes the first step long enough to cross.
    ["newton", "softmax", [1, 1, 1]],
  ] as const
) {
  onEveryBackend(
    `bssAttack() takes the ${step} steps on ${space} that plain numbers give`,
    async () => {
      const images = tf.tensor4d(IMAGES.flat(), [3, 2, 2, 1]);
      const result = await bssAttack(
        linearClassifier(WEIGHTS.flat(), BIAS),
        images,
        { labels: LABELS, targets: TARGETS },
        { step, space, eta: ETA, epsilon: EPSILON, clamp: CLAMP },
      );
      const expected = LABELS.map((_, i) => walkByHand(i, step, space));
      const pixels = expected.flatMap(({ point }) => point);
      assertClose(await result.samples.data(), pixels, 1e-5, "pixels");
      assertEquals([...result.steps], [...steps]);
      assert(sum(expected.map(({ clamped }) => clamped)) > 0, "no pixel was clamped");
      free(result);
      images.dispose();
    },
  );
}
