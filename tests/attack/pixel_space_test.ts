import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { fgsmAttack, pgdAttack } from "../../lib/attack/pgd.ts";
import {
  attackNormalised,
  clampPixels,
  pixelBox,
  pixelClassifier,
  toNormalised,
  toPixels,
} from "../../lib/attack/pixel_space.ts";
import { UserError } from "../../lib/user_error.ts";
import { valuesOf } from "../values_of.ts";
import { testClassifier, testImages, TINY } from "../networks.ts";
import { assertImageSlope } from "../nn/assert_slopes.ts";
import { assertClose } from "../numbers.ts";
import { onUsableBackends } from "../on_every_backend.ts";
import { free, topOf } from "./results.ts";

onUsableBackends(
  "attackNormalised() runs an attack on pixels with normalised images",
  async () => {
    const classifier = testClassifier();
    const normalisation = { mean: [0.4], std: [0.2] };
    const images = tf.tidy(() => tf.clipByValue(testImages(4), -2, 2)) as tf.Tensor4D;
    const logits = classifier.logits(images);
    const labels = await topOf(logits);
    const result = await attackNormalised(
      pgdAttack,
      normalisation,
      classifier,
      images,
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

onUsableBackends(
  "attackNormalised() clamps images that lie outside the pixels' bounds",
  async () => {
    const classifier = testClassifier();
    const images = testImages(2);
    const normalisation = { mean: [0.5], std: [0.3] };
    const classes = { labels: [0, 1] };
    const result = await attackNormalised(
      fgsmAttack,
      normalisation,
      classifier,
      images,
      classes,
      {},
    );
    const pixels = toPixels(result.samples, normalisation);
    assert((await pixels.data()).every((pixel) => pixel >= -1e-6 && pixel <= 1 + 1e-6));
    free(result);
    tf.dispose([images, pixels]);
    classifier.dispose();
  },
);

onUsableBackends(
  "the gradient of a pixelClassifier() agrees with finite differences, in each channel",
  async () => {
    const classifier = testClassifier({ ...TINY, channels: 3 });
    const normalisation = { mean: [0.4, 0.5, 0.6], std: [0.1, 0.25, 0.5] };
    const imagesOf = () => testImages(2, { ...TINY, channels: 3 });
    const pixels = pixelClassifier(classifier, normalisation);
    const pixelsOf = () => tf.tidy(() => toPixels(imagesOf(), normalisation));
    await assertImageSlope(pixels, pixelsOf, { step: 1e-3, tolerance: 0.02 });
    classifier.dispose();
  },
);

onUsableBackends("clampPixels() clamps all channels alike, or each to its own bounds", async () => {
  const clamped = async (clamp: Parameters<typeof clampPixels>[1]) => {
    const images = tf.tensor4d([-3, -3, 3, 3], [1, 2, 1, 2]);
    const values = [...await valuesOf(() => clampPixels(images, clamp))];
    images.dispose();
    return values;
  };
  assertEquals(await clamped(2.5), [-2.5, -2.5, 2.5, 2.5]);
  assertEquals(await clamped([-1, 2]), [-1, -1, 2, 2]);
  assertEquals(await clamped([[-1, -2], [0.5, 4]]), [-1, -2, 0.5, 3]);
});

Deno.test("clampPixels() names the number of channels that bounds are for", () => {
  const images = tf.zeros([1, 1, 1, 3]) as tf.Tensor4D;
  assertThrows(
    () => clampPixels(images, [[-1, -2], [1, 2]]),
    UserError,
    "bounds for 2 channels, but the images have 3",
  );
  images.dispose();
});

Deno.test("pixelBox() gives black and white in normalised pixels, by channel", () => {
  assertEquals(pixelBox({ mean: [0.5, 0.25], std: [0.25, 0.5] }), [[-2, -0.5], [2, 1.5]]);
});
