import * as tf from "@tensorflow/tfjs";
import { assertEquals } from "@std/assert";
import { randomLinear } from "../../classifiers.ts";
import { attackOf, greyImages, ownLabels } from "./small_measurement.ts";
import { robustAccuracy } from "../../../lib/analysis/robustness/robust_accuracy.ts";
import type { RobustnessStage } from "../../../lib/analysis/robustness/robustness_attack.ts";
import { onUsableBackends } from "../../on_every_backend.ts";

onUsableBackends(
  "robustAccuracy() classifies samples itself, whatever the attack reports",
  async () => {
    const classifier = randomLinear(4, 4);
    const images = greyImages(5);
    const labels = await ownLabels(classifier, images);
    const boast = attackOf((classifier, batch) =>
      Promise.resolve({
        samples: tf.clone(batch),
        logits: tf.tidy(() => tf.neg(classifier.logits(batch)) as tf.Tensor2D),
      })
    );
    const { rows } = await robustAccuracy(classifier, { images, labels }, { linf: [1], l2: [] }, {
      attacks: [boast],
    });
    assertEquals(rows.map(({ accuracy }) => accuracy), [1]);
    images.dispose();
  },
);

onUsableBackends("robustAccuracy() has other starts for each attack, stage and ball", async () => {
  const classifier = randomLinear(4, 4);
  const images = greyImages(3);
  const labels = await ownLabels(classifier, images);
  const starts: number[] = [];
  const run: RobustnessStage["run"] = (classifier, batch, own, _ball, random) => {
    starts.push(...own.map(() => random()));
    return Promise.resolve({ samples: tf.clone(batch), logits: classifier.logits(batch) });
  };
  const stages = ["one", "two"].map((name) => ({ name, run }));
  await robustAccuracy(classifier, { images, labels }, { linf: [1, 2], l2: [1] }, {
    attacks: [attackOf(run, "one"), { name: "both", stages }],
  });
  assertEquals([starts.length, new Set(starts).size], [27, 27]);
  images.dispose();
});
