import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { minimalDistances } from "../../../lib/analysis/robustness/minimal_distance.ts";
import { pixelClassifier } from "../../../lib/attack/pixel_space.ts";
import { UserError } from "../../../lib/user_error.ts";
import { constantClassifier, linearClassifier, randomLinear } from "../../classifiers.ts";
import { testClassifier } from "../../networks.ts";
import { onFastBackends, onUsableBackends } from "../../on_every_backend.ts";
import { greyImages, ownLabels } from "./small_measurement.ts";

onFastBackends("minimalDistances() of a linear classifier follow from its weights", async () => {
  // The gap of class 0 over class 1 is w·x + b; a move by ε reduces it by ε‖w‖₁ in L∞, by ε‖w‖₂ in L2.
  const w = [60, -80, 10, 20];
  const classifier = linearClassifier(w.flatMap((value) => [value / 2, -value / 2]), [-1, 1]);
  const images = greyImages(12);
  const pixels = await images.data();
  const gaps = Array.from(
    { length: 12 },
    (_, i) => Math.abs(-2 + w.reduce((sum, value, k) => sum + value * pixels[4 * i + k], 0)),
  );
  const labels = await ownLabels(classifier, images);
  labels[3] = 1 - labels[3];
  const norms = { linf: 170, l2: Math.sqrt(60 ** 2 + 80 ** 2 + 10 ** 2 + 20 ** 2) };
  for (const norm of ["linf", "l2"] as const) {
    const found = await minimalDistances(classifier, { images, labels }, norm, { batchSize: 5 });
    found.forEach((distance, i) => {
      const expected = i === 3 ? 0 : gaps[i] / norms[norm];
      // The search tries radii up to 16/255.
      if (norm === "linf" && expected > 16 / 255) return assertEquals(distance, Infinity);
      assertAlmostEquals(distance, expected, 1e-3 * expected, `${norm}, image ${i}`);
    });
    assertEquals(found.length, 12);
  }
  images.dispose();
});

onUsableBackends("minimalDistances() do not depend on the batch size or other images", async () => {
  const classifier = randomLinear(4, 4);
  const images = greyImages(6);
  const labels = await ownLabels(classifier, images);
  const whole = await minimalDistances(classifier, { images, labels }, "linf");
  const single = await minimalDistances(classifier, { images, labels }, "linf", { batchSize: 1 });
  single.forEach((distance, i) => {
    if (whole[i] === Infinity) assertEquals(distance, Infinity);
    else assertAlmostEquals(distance, whole[i], 1e-6);
  });
  images.dispose();
});

onFastBackends("minimalDistances() of a ResNet do not depend on the batch size", async () => {
  const network = testClassifier();
  const classifier = pixelClassifier(network, { mean: [0.5], std: [0.1] });
  const images = greyImages(5, 8);
  const set = { images, labels: await ownLabels(classifier, images) };
  const whole = await minimalDistances(classifier, set, "linf");
  const parts = await minimalDistances(classifier, set, "linf", { batchSize: 2 });
  assert(whole.every((distance) => distance > 0 && distance < Infinity));
  parts.forEach((distance, i) => assertAlmostEquals(distance, whole[i], 1e-6));
  images.dispose();
  network.dispose();
});

onUsableBackends("minimalDistances() are infinite where nothing moves the classifier", async () => {
  const constant = constantClassifier([2, 1, 0]);
  const images = greyImages(3);
  for (const norm of ["linf", "l2"] as const) {
    const set = { images, labels: [0, 1, 0] };
    assertEquals(await minimalDistances(constant, set, norm), [Infinity, 0, Infinity]);
  }
  const none = tf.zeros([0, 2, 2, 1]) as tf.Tensor4D;
  assertEquals(await minimalDistances(constant, { images: none, labels: [] }, "l2"), []);
  await assertRejects(
    () => minimalDistances(constant, { images, labels: [0, 1, 3] }, "l2"),
    UserError,
    "from 0 to 2",
  );
  tf.dispose([images, none]);
});
