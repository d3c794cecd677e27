import { assertEquals } from "@std/assert";
import { fgsmAttack } from "../../lib/attack/pgd.ts";
import { assertClose } from "../numbers.ts";
import { onUsableBackends } from "../on_every_backend.ts";
import { linearProblem, PIXELS } from "./linear_problem.ts";
import { CLAMP, free } from "./results.ts";

const CLASSES = 3;

/** Computes the gradient of each image's cross-entropy to a class, in plain numbers. */
function gradients(
  logits: ArrayLike<number>,
  weights: ArrayLike<number>,
  classes: readonly number[],
): number[][] {
  return classes.map((wanted, i) => {
    const powers = Array.from({ length: CLASSES }, (_, k) => Math.exp(logits[i * CLASSES + k]));
    const sum = powers.reduce((total, power) => total + power, 0);
    const slopes = powers.map((power, k) => power / sum - (k === wanted ? 1 : 0));
    return Array.from(
      { length: PIXELS },
      (_, pixel) => slopes.reduce((g, slope, k) => g + slope * weights[pixel * CLASSES + k], 0),
    );
  });
}

onUsableBackends(
  "fgsmAttack() goes ε up the label's cross-entropy or down the target's, by sign or along the gradient",
  async () => {
    const { classifier, weights, images, labels } = await linearProblem(3, CLASSES);
    const targets = labels.map((label) => (label + 1) % CLASSES);
    const before = classifier.logits(images);
    const [pixels, logits] = [await images.data(), await before.data()];
    for (
      const [classes, ups] of [
        [{ labels }, gradients(logits, weights, labels)],
        [
          { labels, targets },
          gradients(logits, weights, targets).map((row) => row.map((slope) => -slope)),
        ],
      ] as const
    ) {
      for (const norm of ["linf", "l2"] as const) {
        const result = await fgsmAttack(classifier, images, classes, {
          norm,
          epsilon: 0.1,
          clamp: CLAMP,
        });
        const steps = ups.flatMap((row) =>
          row.map((slope) => norm === "linf" ? Math.sign(slope) : slope / Math.hypot(...row))
        );
        const expected = pixels.map((pixel, i) => pixel + 0.1 * steps[i]);
        assertClose(await result.samples.data(), expected, 1e-5, `pixels for ${norm}`);
        assertEquals([...result.steps], [1, 1, 1]);
        free(result);
      }
    }
    const none = await fgsmAttack(classifier, images, { labels }, { epsilon: 0, clamp: CLAMP });
    assertEquals([...await none.samples.data()], [...pixels]);
    free(none);
    before.dispose();
    images.dispose();
  },
);
