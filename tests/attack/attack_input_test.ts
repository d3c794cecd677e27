import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { defineAttack } from "../../lib/attack/attack.ts";
import { attackNamed } from "../../lib/attack/attacks.ts";
import { bssAttack } from "../../lib/attack/bss.ts";
import { fgsmAttack } from "../../lib/attack/pgd.ts";
import { squareAttack } from "../../lib/attack/square.ts";
import type { FrozenClassifier, Pullback } from "../../lib/nn/frozen_classifier.ts";
import { UserError } from "../../lib/user_error.ts";
import { constantClassifier, randomLinear } from "../classifiers.ts";
import { testImages } from "../networks.ts";
import { free, topOf } from "./results.ts";

Deno.test("an attack says what is wrong with input that only a type check would refuse", async () => {
  await tf.setBackend("cpu");
  const classifier = randomLinear(64, 4);
  const images = testImages(2);
  const whole = tf.cast(images, "int32") as tf.Tensor4D;
  const flat = tf.reshape(images, [2, -1]) as tf.Tensor;
  const tensor = tf.tensor1d([0, 1]);
  const refused = (message: string, ...[of, input, classes, context]: unknown[]) =>
    assertRejects(
      // deno-lint-ignore no-explicit-any
      () => squareAttack(of as any, input as any, classes as any, {}, context as any),
      UserError,
      message,
    );
  const labels = [0, 1];
  const before = tf.memory().numTensors;
  await refused("give freeze(network)", { forward: () => images }, images, { labels });
  await refused("are int32 of shape [2,8,8,1], but must be float32", classifier, whole, { labels });
  await refused("[n, height, width, channels]", classifier, flat, { labels });
  for (const wrong of [{ labels: tensor }, { labels: ["0", "1"] }, undefined, labels]) {
    await refused("each a list of class indices", classifier, images, wrong);
  }
  await refused('not "target"', classifier, images, { labels, target: [1, 2] });
  await refused('not "seed"', classifier, images, { labels }, { seed: 3 });
  assertEquals(tf.memory().numTensors, before);
  tf.dispose([images, whole, flat, tensor]);
});

Deno.test("attacks refuse an ε of more than all pixels, and images that are disposed of", async () => {
  await tf.setBackend("cpu");
  const classifier = randomLinear(64, 4);
  const pixels = tf.tidy(() => tf.clipByValue(testImages(2), 0, 1)) as tf.Tensor4D;
  const classes = { labels: [0, 1] };
  await assertRejects(
    () => squareAttack(classifier, pixels, classes, { epsilon: 8 }),
    UserError,
    'option "epsilon" is 8, more than the range of the pixels, 0…1; give it in the units of the ' +
      "pixels, as 8/255",
  );
  pixels.dispose();
  await assertRejects(
    () => squareAttack(classifier, pixels, classes),
    UserError,
    "the images of the square attack are disposed of already",
  );
});

Deno.test("an attack on pixels refuses normalised images, unless it gets their bounds", async () => {
  await tf.setBackend("cpu");
  const classifier = randomLinear(64, 4);
  const images = testImages(2);
  const pixels = tf.tidy(() => tf.clipByValue(images, 0, 1 + 1e-4)) as tf.Tensor4D;
  const before = tf.memory().numTensors;
  await assertRejects(
    () => squareAttack(classifier, images, { labels: [0, 1] }),
    UserError,
    "the square attack takes pixels in 0…1, but the images have -1.96 to 1.98; use " +
      'attackNormalised(…) on normalised images, or give it the bounds of your pixels as "clamp"',
  );
  await assertRejects(
    () => squareAttack(classifier, images, { labels: [0, 1] }, { clamp: undefined }),
    UserError,
    "takes pixels in 0…1",
  );
  for (const [of, options] of [[pixels, {}], [images, { clamp: 2 }]] as const) {
    free(await squareAttack(classifier, of, { labels: [0, 1] }, { ...options, maxSteps: 1 }));
  }
  assertEquals(tf.memory().numTensors, before);
  tf.dispose([images, pixels]);
});

Deno.test("defineAttack() refuses what an attack's file should not give, and frees it", async () => {
  await tf.setBackend("cpu");
  const classifier = randomLinear(64, 4);
  const images = testImages(2);
  const giving = (samples: () => tf.Tensor, logits: () => tf.Tensor, steps: Int32Array) =>
    defineAttack({
      shortName: "made up",
      summary: "",
      options: {},
      units: "normalised",
      passes: () => 0,
      run: () =>
        Promise.resolve({
          samples: samples() as tf.Tensor4D,
          logits: logits() as tf.Tensor2D,
          steps,
        }),
    })(classifier, images, { labels: [0, 1] });
  const [clone, logits] = [() => tf.clone(images), () => tf.zeros([2, 4])];
  const two = new Int32Array(2);
  const before = tf.memory().numTensors;
  const needs = "but must give samples [2,8,8,1], logits [2,4] and 2 steps";
  await assertRejects(
    () => giving(() => tf.slice(images, [0], [1]), logits, two),
    UserError,
    needs,
  );
  await assertRejects(() => giving(clone, () => tf.zeros([2, 3]), two), UserError, needs);
  await assertRejects(() => giving(clone, logits, new Int32Array(1)), UserError, needs);
  await assertRejects(() => giving(() => images, logits, two), UserError, "it must give a clone");
  assertEquals([tf.memory().numTensors, images.isDisposed], [before, false]);
  images.dispose();
});

Deno.test("defineAttack() refuses an attack without run, and an option that is no rule", async () => {
  const define = defineAttack as (definition: unknown) => typeof fgsmAttack;
  const definition = { shortName: "mine", summary: "", units: "pixels", passes: () => 0 };
  const run = () => Promise.resolve(undefined);
  const faults: readonly [object, string][] = [
    [{ options: {} }, 'the attack "mine" has no run: a function'],
    [{ run }, 'the attack "mine" lacks options; {} stands for none'],
    [{ run, options: { eta: 1 } }, 'option "eta" of the attack "mine" must be a rule'],
  ];
  for (const [fault, message] of faults) {
    assertThrows(() => define({ ...definition, ...fault }), UserError, message);
  }
  const images = testImages(2);
  await assertRejects(
    () =>
      define({ ...definition, run, options: {} })(randomLinear(64, 4), images, { labels: [0, 1] }),
    UserError,
    "the mine attack gave samples [undefined]",
  );
  images.dispose();
});

Deno.test("defineAttack() makes an attack that refuses what is not finite, and frees it", async () => {
  const attackTo = (samplesOf: (images: tf.Tensor4D) => tf.Tensor4D) =>
    defineAttack({
      shortName: "mine",
      summary: "An attack of a user",
      options: {},
      units: "pixels",
      passes: () => 0,
      run: (classifier, images) => {
        const [samples, logits] = [samplesOf(images), classifier.logits(images)];
        return Promise.resolve({ samples, logits, steps: new Int32Array(2) });
      },
    });
  const images = testImages(2);
  const factors = tf.tensor4d([1, NaN], [2, 1, 1, 1]);
  const before = tf.memory().numTensors;
  const lost = attackTo((images) => tf.mul(images, factors));
  await assertRejects(
    () => lost(constantClassifier([0, 1]), images, { labels: [1, 1] }),
    UserError,
    "sample 1 of the attack is at the distance NaN from its image",
  );
  await assertRejects(
    () => attackTo(tf.clone)(constantClassifier([NaN, 1]), images, { labels: [1, 1] }),
    UserError,
    "logits that are not finite (NaN)",
  );
  assertEquals(tf.memory().numTensors, before);
  tf.dispose([images, factors]);
});

Deno.test("attackNamed() lists the attacks", () => {
  assertEquals(attackNamed("deepfool").shortName, "deepfool");
  const names = "bss, noise, fgsm, pgd, deepfool, carlini-wagner, apgd, fab, square";
  assertThrows(() => attackNamed("deepfol"), UserError, names);
  const attack = fgsmAttack as unknown as string;
  assertThrows(() => attackNamed(attack), UserError, "there is no attack a function; choose from");
});

Deno.test("an attack names what a classifier of the caller lacks, or gives in the wrong shape or not finite", async () => {
  await tf.setBackend("cpu");
  const good = randomLinear(64, 4);
  const images = testImages(2);
  const logits = good.logits(images);
  const labels = await topOf(logits);
  const refused = (message: string, wrong: Partial<FrozenClassifier>) =>
    assertRejects(
      () => bssAttack({ ...good, ...wrong }, images, { labels }),
      UserError,
      message,
    );
  const passWith = (wrong: Partial<Pullback>) => ({
    pullback: (x: tf.Tensor4D) => ({ ...good.pullback(x), ...wrong }),
  });
  const before = tf.memory().numTensors;
  await refused("gives logits of shape [2,4], but must give [2,5]", { classes: 5 });
  await refused(
    "gives a gradient of shape [1,8,8,1], but must give [2,8,8,1]",
    passWith({ toImages: () => tf.zeros([1, 8, 8, 1]) }),
  );
  await refused(
    "gradients that are not finite",
    passWith({ toImages: () => tf.fill([2, 8, 8, 1], NaN) }),
  );
  await refused("has no logits or no pullback", { pullback: undefined });
  assertEquals(tf.memory().numTensors, before);
  tf.dispose([images, logits]);
});
