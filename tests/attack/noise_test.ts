import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import seedrandom from "seedrandom";
import { bssAttack } from "../../lib/attack/bss.ts";
import { noiseAttack } from "../../lib/attack/noise.ts";
import { testClassifier, testImages } from "../networks.ts";
import { assertClose } from "../numbers.ts";
import { onUsableBackends } from "../on_every_backend.ts";
import { free, topOf } from "./results.ts";

onUsableBackends(
  "noiseAttack() adds noise with the norms of the boundary supporting samples",
  async () => {
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
  },
);

onUsableBackends("noiseAttack() leaves an image that the other attack does not move", async () => {
  const classifier = testClassifier();
  const images = tf.tidy(() => tf.mul(testImages(1), 100) as tf.Tensor4D);
  const logits = classifier.logits(images);
  const [top] = await topOf(logits);
  // The image is on the target's side already, and has pixels outside of the clamp.
  const classes = { labels: [(top + 1) % 4], targets: [top] };
  const noise = await noiseAttack(classifier, images, classes, { clamp: 2.5 });
  assertEquals(await noise.samples.data(), await images.data());
  free(noise);
  tf.dispose([images, logits]);
  classifier.dispose();
});
