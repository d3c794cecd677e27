import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { deepFoolAttack } from "../../lib/attack/deepfool.ts";
import { countedNetwork } from "../../lib/nn/frozen_classifier.ts";
import { linearClassifier } from "../classifiers.ts";
import { testClassifier, testImages } from "../networks.ts";
import { assertClose } from "../numbers.ts";
import { onFastBackends, onUsableBackends } from "../on_every_backend.ts";
import { linearProblem } from "./linear_problem.ts";
import { CLAMP, free, topOf } from "./results.ts";

onUsableBackends(
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

onFastBackends(
  "deepFoolAttack() saves a factor of 1.8 in passes as samples leave the batch",
  async () => {
    const classifier = testClassifier();
    const images = testImages(256);
    const logits = classifier.logits(images);
    const labels = await topOf(logits);
    let passed = 0;
    const counted = countedNetwork(classifier, (images) => passed += images);
    const result = await deepFoolAttack(counted, images, { labels }, { clamp: CLAMP });
    // A step has one forward pass, and one backward pass for each other class. The last forward pass
    // shows the arrival.
    const passesOf = (steps: number) => steps * classifier.classes + 1;
    assertEquals(passed, result.steps.reduce((sum, steps) => sum + passesOf(steps), 0));
    const stayed = images.shape[0] * passesOf(Math.max(...result.steps));
    assert(stayed / passed >= 1.8, `${stayed} / ${passed} = ${stayed / passed}`);
    free(result);
    tf.dispose([images, logits]);
    classifier.dispose();
  },
);

onUsableBackends(
  "deepFoolAttack() with a target passes the class that leads, if that is a third one",
  async () => {
    // Logits 0, x − 0.5 and 2x − 0.9 − 4y: the third class leads before the second is past the first.
    const classifier = linearClassifier([0, 1, 2, 0, 0, -4], [0, -0.5, -0.9]);
    const image = tf.tensor4d([0.3, 0], [1, 1, 2, 1]);
    const result = await deepFoolAttack(classifier, image, { labels: [0], targets: [1] });
    assertEquals([...result.success], [true]);
    assert(result.norms[0] < 0.21, `${result.norms[0]}`);
    free(result);
    image.dispose();
  },
);

onUsableBackends(
  "deepFoolAttack() leaves an image without a gradient, or nearly so, where it is",
  async () => {
    for (const slope of [0, 1e-14]) {
      const classifier = linearClassifier([slope, 0], [1, 0]);
      const image = tf.tensor4d([0.5], [1, 1, 1, 1]);
      const result = await deepFoolAttack(classifier, image, { labels: [0] }, { maxSteps: 2 });
      assertEquals([[...result.success], [...result.norms]], [[false], [0]]);
      free(result);
      image.dispose();
    }
  },
);

onUsableBackends(
  "deepFoolAttack() passes over a class whose logit always equals the label's",
  async () => {
    const classifier = linearClassifier([1, 1, -1], [0, 0, -0.1]);
    const image = tf.tensor4d([0.5], [1, 1, 1, 1]);
    const result = await deepFoolAttack(classifier, image, { labels: [0] }, { clamp: CLAMP });
    // The boundary with the third class is at −0.05.
    assertEquals([...result.success], [true]);
    assertClose(result.norms, [0.55 * 1.02], 1e-3, "norms");
    free(result);
    image.dispose();
  },
);
