import { assert, assertEquals } from "@std/assert";
import { carliniWagnerAttack } from "../../lib/attack/carlini_wagner.ts";
import { assertClose } from "../numbers.ts";
import { onUsableBackends } from "../on_every_backend.ts";
import { linearProblem } from "./linear_problem.ts";
import { CLAMP, free } from "./results.ts";

onUsableBackends(
  "carliniWagnerAttack() finds the nearest boundary of a linear classifier",
  async () => {
    // With more classes, the most probable other class need not be the nearest.
    const { classifier, images, labels, distances } = await linearProblem(3, 2);
    const result = await carliniWagnerAttack(classifier, images, { labels }, {
      clamp: CLAMP,
      learningRate: 0.003,
      searchSteps: 4,
      maxSteps: 150,
    });
    assertEquals(result.success, [true, true, true]);
    result.norms.forEach((norm, i) =>
      assert(
        norm >= distances[i] * 0.999 && norm < distances[i] * 1.02,
        `${norm} for ${distances[i]}`,
      )
    );
    free(result);
    images.dispose();
    classifier.dispose();
  },
);

onUsableBackends(
  "carliniWagnerAttack() searches down to a smaller constant, and up to a larger one",
  async () => {
    const { classifier, images, labels } = await linearProblem(2, 2);
    const attack = (initialConstant: number, searchSteps: number) =>
      carliniWagnerAttack(classifier, images, { labels }, {
        clamp: CLAMP,
        learningRate: 0.003,
        maxSteps: 80,
        initialConstant,
        searchSteps,
      });
    const [large, largeSearched] = [await attack(100, 1), await attack(100, 6)];
    large.norms.forEach((norm, i) =>
      assert(largeSearched.norms[i] < norm, `${norm} ${largeSearched.norms[i]}`)
    );
    const [small, smallSearched] = [await attack(1e-4, 1), await attack(1e-4, 8)];
    assertEquals([small.success, smallSearched.success], [[false, false], [true, true]]);
    // A sample that never succeeds is the image itself.
    assertClose(small.norms, [0, 0], 0);
    free(large, largeSearched, small, smallSearched);
    images.dispose();
    classifier.dispose();
  },
);

onUsableBackends("carliniWagnerAttack() begins each run afresh", async () => {
  const { classifier, images, labels } = await linearProblem(2, 2);
  const options = { clamp: CLAMP, learningRate: 0.003, maxSteps: 80 };
  const attack = (initialConstant: number, searchSteps: number) =>
    carliniWagnerAttack(classifier, images, { labels }, {
      ...options,
      initialConstant,
      searchSteps,
    });
  // The smaller constant is too small, so that the second run has the larger.
  const [small, large, both] = [await attack(0.05, 1), await attack(0.5, 1), await attack(0.05, 2)];
  assertEquals([small.success, large.success], [[false, false], [true, true]]);
  assertClose(both.norms, [...large.norms], 1e-5);
  free(small, large, both);
  images.dispose();
  classifier.dispose();
});

onUsableBackends("carliniWagnerAttack() makes another class lead by its confidence", async () => {
  const { classifier, images, labels } = await linearProblem(2, 3);
  const result = await carliniWagnerAttack(classifier, images, { labels }, {
    clamp: CLAMP,
    learningRate: 0.05,
    maxSteps: 60,
    searchSteps: 4,
    confidence: 2,
  });
  const values = await result.logits.data();
  labels.forEach((label, i) => {
    const row = [...values.slice(3 * i, 3 * i + 3)];
    assert(Math.max(...row) - row[label] >= 2);
  });
  free(result);
  images.dispose();
  classifier.dispose();
});
