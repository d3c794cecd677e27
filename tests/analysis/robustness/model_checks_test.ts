import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type * as tf from "@tensorflow/tfjs";
import {
  checkModel,
  probabilitiesCheck,
  randomisedCheck,
  zeroGradientCheck,
} from "../../../lib/analysis/robustness/model_checks.ts";
import { linearClassifier } from "../../classifiers.ts";
import { testImages } from "../../networks.ts";
import { onAutomaticBackend } from "../../on_every_backend.ts";

Deno.test("probabilitiesCheck() finds outputs in 0…1 that add up to 1 on every image", () => {
  const warning = probabilitiesCheck([0.2, 0.8, 1, 0, 0.5001, 0.5], 2)!;
  assertStringIncludes(warning, "probabilities instead of logits");
});

Deno.test("probabilitiesCheck() finds nothing in logits, even if one image's could be probabilities", () => {
  assertEquals(probabilitiesCheck([0.2, 0.8, 3, -2], 2), null); // adds up to 1, but not in 0…1
  assertEquals(probabilitiesCheck([0.2, 0.8, 0.9, 0.9], 2), null); // in 0…1, but adds up to 1.8
  assertEquals(probabilitiesCheck([NaN, 1], 2), null);
  assertEquals(probabilitiesCheck([], 2), null);
});

Deno.test("randomisedCheck() reports the difference of two passes, and the number of images that change class", () => {
  const warning = randomisedCheck([1, 2, 5, 1], [1, 2.25, 0.5, 1], 2)!;
  assertStringIncludes(warning, "the same 2 images");
  assertStringIncludes(warning, "by up to 4.5 in a logit");
  assertStringIncludes(warning, "put 1 of them in another class");
});

Deno.test("randomisedCheck() finds nothing in equal passes, nor in the rounding of large logits", () => {
  assertEquals(randomisedCheck([1, 2], [1, 2], 2), null);
  assertEquals(randomisedCheck([1000, 2], [1000.05, 2], 2), null);
  assertEquals(randomisedCheck([0, 0], [0, 0], 2), null);
  assertEquals(randomisedCheck([], [], 2), null);
});

Deno.test("zeroGradientCheck() counts the images whose gradient is zero in every pixel", () => {
  const warning = zeroGradientCheck([0, 0, 0, 1e-30, 0, -0], 3)!;
  assertStringIncludes(warning, "zero on 2 of 3 images");
});

Deno.test("zeroGradientCheck() finds nothing in small gradients, nor without images", () => {
  assertEquals(zeroGradientCheck([0, 1e-38, -1e-38, 0], 2), null);
  assertEquals(zeroGradientCheck([], 0), null);
});

onAutomaticBackend("checkModel() leaves no tensors if a gradient fails", async () => {
  const classifier = linearClassifier(Array(64).fill([-1, 1]).flat(), [0, 0]);
  const images = testImages(3);
  const failing = {
    ...classifier,
    pullback: (of: tf.Tensor4D) => ({
      ...classifier.pullback(of),
      toImages: () => {
        throw new Error("stopped");
      },
    }),
  };
  const check = () => checkModel(failing, { images, labels: [0, 1, 0] }, [0, 2]);
  await assertRejects(check, Error, "stopped");
  images.dispose();
});
