import { assert, assertEquals, assertNotEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import seedrandom from "seedrandom";
import type { AttackResult } from "../../lib/attack/attack.ts";
import { pgdAttack } from "../../lib/attack/pgd.ts";
import { assertClose } from "../numbers.ts";
import { onUsableBackends } from "../on_every_backend.ts";
import { valuesOf, valuesOfAll } from "../values_of.ts";
import { linearProblem } from "./linear_problem.ts";
import { CLAMP, free } from "./results.ts";

onUsableBackends(
  "pgdAttack() with earlyStop stops each sample at its first success",
  async () => {
    const { classifier, images, labels } = await linearProblem(10, 4);
    const options = { epsilon: 0.2, clamp: CLAMP };
    const attack = (maxSteps: number, earlyStop = false) =>
      pgdAttack(classifier, images, { labels }, { ...options, maxSteps, earlyStop });
    const after: AttackResult[] = [];
    for (let steps = 0; steps <= 8; steps++) after.push(await attack(steps));
    assertEquals([...after[8].steps], new Array(10).fill(8));
    const early = await attack(8, true);
    const firsts = labels.map((_, i) => after.findIndex(({ success }) => success[i]));
    assertEquals(early.success, firsts.map((first) => first >= 0));
    assertEquals([...early.steps], firsts.map((first) => first < 0 ? 8 : first));
    assert(new Set(firsts).size > 2 && firsts.includes(-1), `first successes: ${firsts}`);
    for (const [i, steps] of early.steps.entries()) {
      const [stopped, there] = await valuesOfAll(() =>
        [early, after[steps]].map(({ samples }) => tf.slice(samples, [i], [1]))
      );
      assertClose(stopped, there, 1e-4, `pixels of sample ${i}`);
    }
    free(early, ...after);
    images.dispose();
  },
);

onUsableBackends(
  "pgdAttack() from a random start does not take the pass over the images for its own",
  async () => {
    const { classifier, images, labels } = await linearProblem(4, 4);
    const options = {
      norm: "l2",
      epsilon: 1,
      clamp: CLAMP,
      maxSteps: 1,
      randomStart: true,
    } as const;
    const start = classifier.pullback(images);
    const [without, given] = [
      await pgdAttack(classifier, images, { labels }, options, { random: seedrandom("start") }),
      await pgdAttack(classifier, images, { labels }, options, {
        random: seedrandom("start"),
        start,
      }),
    ];
    const [expected, samples] = await valuesOfAll(() =>
      [without, given].map(({ samples }) => samples)
    );
    assertClose(samples, expected, 1e-6);
    start.dispose();
    tf.dispose(start.logits);
    free(without, given);
    images.dispose();
  },
);

onUsableBackends("pgdAttack() starts at random and stays in its ball", async () => {
  const { classifier, images, labels } = await linearProblem(4, 4);
  for (const [norm, epsilon] of [["linf", 0.2], ["l2", 1]] as const) {
    const seen: number[][] = [];
    for (const seed of ["start", "another start"]) {
      const result = await pgdAttack(classifier, images, { labels }, {
        norm,
        epsilon,
        clamp: CLAMP,
        maxSteps: 3,
        randomStart: true,
      }, { random: seedrandom(seed) });
      const [largest] = await valuesOf(() => tf.max(tf.abs(tf.sub(result.samples, images))));
      const size = norm === "l2" ? Math.max(...result.norms) : largest;
      assert(size > epsilon / 4 && size <= epsilon + 1e-5, `${size}`);
      seen.push([...await result.samples.data()]);
      free(result);
    }
    assertNotEquals(seen[0], seen[1], "the start is not random");
  }
  images.dispose();
});
