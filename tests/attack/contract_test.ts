import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import seedrandom from "seedrandom";
import type { Attack, AttackResult } from "../../lib/attack/attack.ts";
import type { AttackClasses } from "../../lib/attack/attack_input.ts";
import { attacks } from "../../lib/attack/attacks.ts";
import type { FrozenClassifier } from "../../lib/nn/frozen_classifier.ts";
import { topClasses } from "../../lib/tensors/rows.ts";
import { UserError } from "../../lib/user_error.ts";
import { constantClassifier, randomLinear } from "../classifiers.ts";
import { denseClassifier, testClassifier, testImages, TINY } from "../networks.ts";
import { assertClose } from "../numbers.ts";
import { onEveryBackend, onUsableBackends } from "../on_every_backend.ts";
import { valuesOfAll } from "../values_of.ts";
import { free } from "./results.ts";

/** Options of short attacks on images of ±2, in which some samples do not cross. */
const SHORT: Record<string, Record<string, unknown>> = {
  bss: { step: "newton", eta: 0.8 },
  noise: { length: "given", norm: 6 },
  fgsm: { epsilon: 0.5 },
  pgd: { epsilon: 0.4, maxSteps: 5, earlyStop: true },
  deepfool: { maxSteps: 6 },
  "carlini-wagner": { searchSteps: 2, maxSteps: 12, learningRate: 0.1 },
  apgd: { epsilon: 0.4, maxSteps: 8 },
  fab: { maxSteps: 3, candidates: 2 },
  square: { epsilon: 0.4, maxSteps: 8 },
};
const CLAMP = 2.5;

/** Options with which an attack reaches any class of a linear classifier. */
const FAR: Record<string, Record<string, unknown>> = {
  fgsm: { epsilon: 3 },
  pgd: { epsilon: 1.5, maxSteps: 40 },
  apgd: { epsilon: 1.5, maxSteps: 40 },
  square: { epsilon: 1.5, maxSteps: 300 },
};

/** The attacks that end at the first success, and so leave images of another class alone. */
const NEAREST = ["bss", "deepfool", "carlini-wagner", "fab"];

const random = (seed: string) => seedrandom(seed) as () => number;

/** Takes the classifier's top classes as labels, and the class after each as target. */
async function classesOf(classifier: FrozenClassifier, images: tf.Tensor4D) {
  if (images.shape[0] === 0) return { labels: [], targets: [] };
  const logits = classifier.logits(images);
  const labels = [...topClasses(await logits.data(), classifier.classes)];
  logits.dispose();
  return { labels, targets: labels.map((label) => (label + 1) % classifier.classes) };
}

async function run(
  attack: Attack,
  classifier: FrozenClassifier,
  images: tf.Tensor4D,
  classes: AttackClasses,
  options: Record<string, unknown> = {},
  draw = random("attack"),
): Promise<AttackResult> {
  return await attack(
    classifier,
    images,
    classes,
    { clamp: CLAMP, ...SHORT[attack.shortName], ...options },
    { random: draw },
  );
}

for (const attack of attacks) {
  const name = `${attack.shortName} attack`;
  const isBss = attack.shortName === "bss";
  const onBackends = isBss ? onEveryBackend : onUsableBackends;
  // `tests/distillation/bss_attacks_test.ts` makes every attack on a ResNet.
  const networkOf = (classes: number) =>
    isBss ? testClassifier({ ...TINY, classes }) : denseClassifier(classes);

  onBackends(`the ${name} gives the classifier's logits, true norms and outcomes`, async () => {
    const classifier = networkOf(4);
    const images = testImages(8);
    const { labels, targets } = await classesOf(classifier, images);
    for (const classes of [{ labels }, { labels, targets }]) {
      const result = await run(attack, classifier, images, classes);
      const logits = classifier.logits(result.samples);
      assertClose(await result.logits.data(), await logits.data(), 1e-4, "logits");
      const norms = tf.tidy(() =>
        tf.sqrt(tf.sum(tf.square(tf.sub(result.samples, images)), [1, 2, 3]))
      );
      assertClose(result.norms, await norms.data(), 1e-5, "norms");
      const top = topClasses(await result.logits.data(), classifier.classes);
      assertEquals(
        result.success,
        labels.map((label, i) => "targets" in classes ? top[i] === targets[i] : top[i] !== label),
      );
      result.outcomes.forEach((outcome, i) => {
        assertEquals(outcome === "crossed to target", result.success[i]);
        assertEquals(outcome === "not crossed", top[i] === labels[i]);
      });
      tf.dispose([logits, norms]);
      free(result);
    }
    images.dispose();
    classifier.dispose();
  });

  onBackends(`the ${name} keeps pixels within their bounds`, async () => {
    const classifier = randomLinear(64, 4);
    const images = tf.tidy(() => tf.clipByValue(testImages(4), 0, 1)) as tf.Tensor4D;
    const classes = await classesOf(classifier, images);
    const isWithin = (value: number) => value >= 0 && value <= 1;
    const result = await run(attack, classifier, images, classes, { clamp: [0, 1] });
    assert((await result.samples.data()).every(isWithin), "a pixel is out of bounds");
    // An attack of a user may stay within the bounds by itself.
    if (attack.shortName in SHORT) {
      assert(result.norms.filter((norm) => norm > 0).length >= 3, `norms ${result.norms}`);
      const wide = await run(attack, classifier, images, classes, { clamp: [-9, 9] });
      assert(
        !(await wide.samples.data()).every(isWithin),
        "no pixel leaves the bounds without a clamp either",
      );
      free(wide);
    }
    free(result);
    images.dispose();
  });

  if (attack.shortName in FAR) {
    onBackends(`the ${name} reaches the least likely class of a linear classifier`, async () => {
      const classifier = randomLinear(64, 4);
      const images = testImages(4);
      const { labels } = await classesOf(classifier, images);
      const [targets] = await valuesOfAll(() => [tf.argMin(classifier.logits(images), 1)]);
      const options = { clamp: 9, ...FAR[attack.shortName] };
      const result = await run(attack, classifier, images, { labels, targets }, options);
      assertEquals(result.success, [true, true, true, true]);
      free(result);
      images.dispose();
    });
  }

  if (NEAREST.includes(attack.shortName)) {
    onBackends(`the ${name} leaves an image of another class as it is`, async () => {
      const classifier = networkOf(4);
      const images = testImages(3);
      const { targets: labels } = await classesOf(classifier, images);
      const result = await run(attack, classifier, images, { labels });
      assertEquals([[...result.norms], result.success], [[0, 0, 0], [true, true, true]]);
      free(result);
      images.dispose();
      classifier.dispose();
    });
  }

  onBackends(`the ${name} gives the same samples in batches as at once`, async () => {
    const classifier = networkOf(4);
    const images = testImages(6);
    const { labels, targets } = await classesOf(classifier, images);
    const whole = await run(attack, classifier, images, { labels, targets });
    const draw = random("attack");
    const parts = [];
    for (const [from, count] of [[0, 4], [4, 2]]) {
      const part = tf.slice(images, [from], [count]);
      const of = (list: number[]) => list.slice(from, from + count);
      const classes = { labels: of(labels), targets: of(targets) };
      parts.push(await run(attack, classifier, part, classes, {}, draw));
      part.dispose();
    }
    const samples = tf.concat(parts.map((part) => part.samples), 0);
    assertClose(await samples.data(), await whole.samples.data(), 1e-4, "samples");
    assertEquals(parts.flatMap(({ steps }) => [...steps]), [...whole.steps]);
    samples.dispose();
    free(whole, ...parts);
    images.dispose();
    classifier.dispose();
  });

  onBackends(
    `the ${name} gives the same samples from a first pass that was made already`,
    async () => {
      const classifier = networkOf(4);
      const images = testImages(4);
      const classes = await classesOf(classifier, images);
      const expected = await run(attack, classifier, images, classes);
      const start = classifier.pullback(images);
      const options = { clamp: CLAMP, ...SHORT[attack.shortName] };
      const context = { random: random("attack"), start };
      const result = await attack(classifier, images, classes, options, context);
      assertClose(await result.samples.data(), await expected.samples.data(), 1e-4, "samples");
      // The caller frees the pass.
      assertEquals(start.logits.isDisposed, false);
      start.dispose();
      start.logits.dispose();
      free(result, expected);
      images.dispose();
      classifier.dispose();
    },
  );

  onBackends(`the ${name} handles no image, one image, 2 and 200 classes`, async () => {
    for (const [count, classes] of [[0, 4], [1, 4], [3, 2], [3, 200]]) {
      const classifier = networkOf(classes);
      const images = testImages(count);
      const goal = await classesOf(classifier, images);
      const result = await run(attack, classifier, images, goal);
      assertEquals(result.samples.shape, images.shape);
      assertEquals(result.logits.shape, [count, classes]);
      assertEquals([result.norms.length, result.steps.length], [count, count]);
      assert((await result.samples.data()).every(Number.isFinite));
      assert(result.norms.every(Number.isFinite));
      free(result);
      images.dispose();
      classifier.dispose();
    }
  });

  onBackends(`the ${name} stays finite on a classifier without a gradient`, async () => {
    const images = testImages(3);
    const classes = { labels: [0, 0, 1], targets: [1, 3, 2] };
    const hasBall = "norm" in attack.options && !("length" in attack.options);
    for (const options of hasBall ? [{ norm: "linf" }, { norm: "l2" }] : [{}]) {
      const result = await run(attack, constantClassifier([3, 2, 1, 0]), images, classes, options);
      assertEquals(result.success, [false, false, false]);
      assert((await result.samples.data()).every(Number.isFinite));
      assert(result.norms.every(Number.isFinite));
      free(result);
    }
    images.dispose();
  });

  Deno.test(`the ${name} draws from the run's own stream, or not at all`, async () => {
    const classifier = networkOf(4);
    const images = testImages(3);
    const classes = await classesOf(classifier, images);
    const results = [];
    let draws = 0;
    for (const seed of ["a", "a", "b"]) {
      const stream = random(seed);
      const counted = () => {
        draws++;
        return stream();
      };
      results.push(await run(attack, classifier, images, classes, {}, counted));
    }
    const [first, same, other] = await Promise.all(
      results.map(async ({ samples }) => [...await samples.data()]),
    );
    assertEquals(first, same);
    (draws > 0 ? assertNotEquals : assertEquals)(first, other);
    if (["noise", "apgd", "square"].includes(attack.shortName)) assert(draws > 0);
    free(...results);
    images.dispose();
    classifier.dispose();
  });

  Deno.test(`the ${name} says what is wrong with options, classes and a classifier`, async () => {
    const classifier = networkOf(4);
    const images = testImages(2);
    const call = (classes: AttackClasses, options: Record<string, unknown> = {}) => () =>
      run(attack, classifier, images, classes, options);
    const good = { labels: [0, 1], targets: [1, 2] };
    await assertRejects(
      call(good, { epsylon: 1 }),
      UserError,
      `${attack.shortName} attack has no option "epsylon"`,
    );
    await assertRejects(call(good, { clamp: 0 }), UserError, "for ±c");
    await assertRejects(call({ labels: [0] }), UserError, "1 labels for 2 images");
    await assertRejects(call({ labels: [0, 4] }), UserError, "from 0 to 3");
    await assertRejects(
      call({ labels: [0, 1], targets: [1] }),
      UserError,
      "2 labels and 1 targets",
    );
    await assertRejects(call({ labels: [0, 1], targets: [0, 2] }), UserError, "two different");
    const single = constantClassifier([1]);
    await assertRejects(
      () => run(attack, single, images, { labels: [0, 0] }),
      UserError,
      "the classifier has 1 class, but an attack needs another to go to",
    );
    const broken = constantClassifier([NaN, 1]);
    const before = tf.memory().numTensors;
    await assertRejects(
      () => run(attack, broken, images, { labels: [0, 1] }),
      UserError,
      "logits that are not finite (NaN)",
    );
    assertEquals(tf.memory().numTensors, before);
    images.dispose();
    classifier.dispose();
  });
}
