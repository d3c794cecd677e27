import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import seedrandom from "seedrandom";
import { apgdAttack } from "../../lib/attack/apgd.ts";
import type { AttackResult } from "../../lib/attack/attack.ts";
import { bssAttack } from "../../lib/attack/bss.ts";
import { carliniWagnerAttack } from "../../lib/attack/carlini_wagner.ts";
import { deepFoolAttack } from "../../lib/attack/deepfool.ts";
import { fgsmAttack } from "../../lib/attack/fgsm.ts";
import { noiseAttack } from "../../lib/attack/noise.ts";
import { pgdAttack } from "../../lib/attack/pgd.ts";
import { attackNormalised, toNormalised, toPixels } from "../../lib/attack/pixel_space.ts";
import { CountedClassifier } from "../../lib/bench/step_work.ts";
import { topClasses } from "../../lib/selection/probabilities.ts";
import { UserError } from "../../lib/user_error.ts";
import { linearClassifier, testClassifier, testImages } from "../networks.ts";
import { assertClose, uniformNumbers } from "../numbers.ts";
import { onEveryBackend, onFastBackends } from "../on_every_backend.ts";

const CLAMP = 10;
const PIXELS = 64;

const free = (...results: AttackResult[]) =>
  results.forEach(({ samples, logits }) => tf.dispose([samples, logits]));

async function topOf(logits: tf.Tensor2D): Promise<Int32Array> {
  return topClasses(await logits.data(), logits.shape[1]);
}

/** A linear classifier with the distance of each image to the nearest boundary. */
async function linearProblem(count: number, classes: number) {
  const weights = uniformNumbers(PIXELS * classes, "weights");
  const classifier = linearClassifier(
    tf.tensor2d(weights, [PIXELS, classes]),
    new Array(classes).fill(0),
  );
  const images = testImages(count);
  const logits = classifier.logits(images);
  const values = await logits.data();
  const labels = [...await topOf(logits)];
  logits.dispose();
  const column = (k: number) =>
    Array.from({ length: PIXELS }, (_, pixel) => weights[pixel * classes + k]);
  const distances = labels.map((label, i) => {
    const others = Array.from({ length: classes }, (_, k) => k).filter((k) => k !== label);
    return Math.min(...others.map((k) => {
      const normal = column(k).map((value, pixel) => value - column(label)[pixel]);
      return (values[i * classes + label] - values[i * classes + k]) / Math.hypot(...normal);
    }));
  });
  return { classifier, images, labels, distances };
}

onEveryBackend(
  "deepFoolAttack() goes to the nearest boundary of a linear classifier in one step",
  async () => {
    const { classifier, images, labels, distances } = await linearProblem(6, 5);
    const result = await deepFoolAttack(classifier, images, { labels }, {
      clamp: CLAMP,
      overshoot: 0.05,
    });
    assertEquals(result.success, labels.map(() => true));
    assertEquals([...result.steps], labels.map(() => 1));
    assertClose(result.norms, distances.map((distance) => 1.05 * (distance + 1e-4)), 1e-4, "norms");
    free(result);
    images.dispose();
    classifier.dispose();
  },
);

onEveryBackend(
  "carliniWagnerAttack() finds the nearest boundary of a linear classifier",
  async () => {
    // With more classes it would go for the most probable other one, which need not be the nearest.
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

onEveryBackend(
  "carliniWagnerAttack() searches down to a smaller constant, and up to a larger one",
  async () => {
    const { classifier, images, labels } = await linearProblem(2, 2);
    const attack = (initialConstant: number, searchSteps: number) =>
      carliniWagnerAttack(classifier, images, { labels }, {
        ...{ clamp: CLAMP, learningRate: 0.003, maxSteps: 80 },
        initialConstant,
        searchSteps,
      });
    const [large, largeSearched] = [await attack(100, 1), await attack(100, 6)];
    large.norms.forEach((norm, i) =>
      assert(largeSearched.norms[i] < norm, `${norm} ${largeSearched.norms[i]}`)
    );
    const [small, smallSearched] = [await attack(1e-4, 1), await attack(1e-4, 8)];
    assertEquals([small.success, smallSearched.success], [[false, false], [true, true]]);
    // What never succeeded is the image itself.
    assertClose(small.norms, [0, 0], 0);
    free(large, largeSearched, small, smallSearched);
    images.dispose();
    classifier.dispose();
  },
);

onEveryBackend("carliniWagnerAttack() leads by its confidence", async () => {
  const { classifier, images, labels } = await linearProblem(2, 3);
  const result = await carliniWagnerAttack(classifier, images, { labels }, {
    ...{ clamp: CLAMP, learningRate: 0.05, maxSteps: 60, searchSteps: 4 },
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

onEveryBackend(
  "fgsmAttack() moves every pixel by ε against the label, or along the gradient",
  async () => {
    const { classifier, images, labels } = await linearProblem(3, 3);
    const signs = await fgsmAttack(classifier, images, { labels }, { epsilon: 0.1, clamp: CLAMP });
    const moved = tf.tidy(() => tf.abs(tf.sub(signs.samples, images)));
    assertClose(await moved.data(), new Float32Array(images.size).fill(0.1), 1e-5);
    const along = await fgsmAttack(classifier, images, { labels }, {
      norm: "l2",
      epsilon: 0.1,
      clamp: CLAMP,
    });
    assertClose(along.norms, [0.1, 0.1, 0.1], 1e-5);
    const none = await fgsmAttack(classifier, images, { labels }, { epsilon: 0, clamp: CLAMP });
    assertEquals([...await none.samples.data()], [...await images.data()]);
    assertEquals([...signs.steps], [1, 1, 1]);
    free(signs, along, none);
    tf.dispose([moved, images]);
    classifier.dispose();
  },
);

onEveryBackend("pgdAttack() stops early where it may, with the same success", async () => {
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

onEveryBackend("pgdAttack() from a random start stays in its ball", async () => {
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

onEveryBackend("noiseAttack() has the norms of the boundary supporting samples", async () => {
  const classifier = testClassifier();
  const images = testImages(5);
  const logits = classifier.logits(images);
  const labels = await topOf(logits);
  const classes = { labels, targets: labels.map((label) => (label + 1) % 4) };
  const options = { step: "newton", eta: 1, clamp: 100 } as const;
  const bss = await bssAttack(classifier, images, classes, options);
  const noise = await noiseAttack(classifier, images, classes, options, {
    random: seedrandom("noise"),
  });
  assertClose(noise.norms, bss.norms, 1e-4, "norms");
  assert(bss.norms.every((norm) => norm > 0));
  const given = await noiseAttack(classifier, images, { labels }, {
    length: "given",
    norm: 3,
    clamp: 100,
  });
  assertClose(given.norms, [3, 3, 3, 3, 3], 1e-4, "given norms");
  free(bss, noise, given);
  tf.dispose([images, logits]);
  classifier.dispose();
});

onFastBackends(
  "apgdAttack() fools at least as many as pgdAttack(), within the same ball",
  async () => {
    const classifier = testClassifier();
    const images = testImages(40);
    const logits = classifier.logits(images);
    const labels = await topOf(logits);
    for (const [norm, epsilon] of [["linf", 0.1], ["l2", 0.6]] as const) {
      const options = { norm, epsilon, clamp: CLAMP } as const;
      const pgd = await pgdAttack(classifier, images, { labels }, options);
      const fooled = (result: AttackResult) => result.success.filter(Boolean).length;
      for (const loss of ["ce", "dlr"] as const) {
        const apgd = await apgdAttack(classifier, images, { labels }, { ...options, loss }, {
          random: seedrandom("apgd"),
        });
        assert(fooled(apgd) >= fooled(pgd), `${loss}: ${fooled(apgd)} of ${fooled(pgd)}`);
        assert(fooled(pgd) > 0 && fooled(pgd) < 40, `${fooled(pgd)} fooled`);
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

Deno.test("apgdAttack() names the loss that few classes do not have", async () => {
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

onFastBackends(
  "deepFoolAttack() needs at most 1/1.8 of the classifier when samples leave",
  async () => {
    const classifier = testClassifier();
    const images = testImages(256);
    const logits = classifier.logits(images);
    const labels = await topOf(logits);
    const passes = async (compact: boolean) => {
      const work = { student: 0, teacherForward: 0, teacherBackward: 0 };
      const counted = new CountedClassifier(classifier, work);
      const result = await deepFoolAttack(counted, images, { labels }, { compact, clamp: CLAMP });
      free(result);
      return work.teacherForward + work.teacherBackward;
    };
    const [compacted, whole] = [await passes(true), await passes(false)];
    assert(whole / compacted >= 1.8, `${whole} / ${compacted} = ${whole / compacted}`);
    tf.dispose([images, logits]);
    classifier.dispose();
  },
);

onEveryBackend(
  "attackNormalised() runs an attack on pixels through normalised images",
  async () => {
    const classifier = testClassifier();
    const normalisation = { mean: [0.4], std: [0.2] };
    const images = tf.tidy(() => tf.clipByValue(testImages(4), -2, 2)) as tf.Tensor4D;
    const logits = classifier.logits(images);
    const labels = await topOf(logits);
    const result = await attackNormalised(
      ...[pgdAttack as never, normalisation, classifier, images] as const,
      { labels },
      { epsilon: 0.1, maxSteps: 4 },
    );
    const pixels = tf.tidy(() =>
      tf.max(
        tf.abs(tf.sub(toPixels(result.samples, normalisation), toPixels(images, normalisation))),
      )
    );
    assertAlmostEquals((await pixels.data())[0], 0.1, 1e-5);
    const again = classifier.logits(result.samples);
    assertClose(await result.logits.data(), await again.data(), 1e-4);
    assert(result.norms.every((norm) => norm > 0.5 && norm <= 0.1 / 0.2 * 8 + 1e-4));
    const round = tf.tidy(() => toNormalised(toPixels(images, normalisation), normalisation));
    assertClose(await round.data(), await images.data(), 1e-6);
    free(result);
    tf.dispose([images, logits, pixels, again, round]);
    classifier.dispose();
  },
);
