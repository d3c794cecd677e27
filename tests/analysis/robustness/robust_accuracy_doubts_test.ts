import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import seedrandom from "seedrandom";
import { constantClassifier, randomLinear, withNoise, withSoftmax } from "../../classifiers.ts";
import { greyImages, ownLabels, QUICK } from "./small_measurement.ts";
import { robustAccuracy } from "../../../lib/analysis/robustness/robust_accuracy.ts";
import { onUsableBackends } from "../../on_every_backend.ts";

onUsableBackends(
  "robustAccuracy() leaves out the DLR loss for two classes, and says so",
  async () => {
    const classifier = randomLinear(4, 2);
    const images = greyImages(10);
    const labels = await ownLabels(classifier, images);
    const { rows } = await robustAccuracy(classifier, { images, labels }, { linf: [4], l2: [] }, {
      attacks: QUICK,
    });
    assertEquals(rows.map(({ warnings }) => warnings), [[], [], [
      "apgd-dlr needs 4 classes and the classifier has 2: APGD ensemble is apgd-ce alone here",
    ]]);
    images.dispose();
  },
);

onUsableBackends(
  "robustAccuracy() warns of zero gradients of a constant classifier",
  async () => {
    const images = greyImages(6);
    const set = { images, labels: [0, 0, 0, 1, 0, 2] };
    const { clean, rows, warnings } = await robustAccuracy(
      constantClassifier([0, -1, -2, -3]),
      set,
      {
        l2: [],
      },
      {
        attacks: QUICK,
      },
    );
    images.dispose();
    assertAlmostEquals(clean.accuracy, 4 / 6);
    assert(rows.every(({ accuracy }) => accuracy === clean.accuracy));
    assertEquals(warnings.length, 1);
    assertStringIncludes(warnings[0], "the gradient is zero on 4 of 4 images");
  },
);

onUsableBackends("robustAccuracy() warns of probabilities instead of logits", async () => {
  const classifier = withSoftmax(randomLinear(4, 5));
  const images = greyImages(6);
  const labels = await ownLabels(classifier, images);
  const { warnings } = await robustAccuracy(classifier, { images, labels }, { linf: [8], l2: [] }, {
    attacks: QUICK,
  });
  images.dispose();
  assertEquals(warnings.length, 1);
  assertStringIncludes(warnings[0], "probabilities instead of logits");
});

onUsableBackends("robustAccuracy() warns of a randomised classifier", async () => {
  const classifier = withNoise(randomLinear(4, 5), seedrandom("noise") as () => number);
  const images = greyImages(20);
  const labels = await ownLabels(classifier, images);
  const { warnings } = await robustAccuracy(classifier, { images, labels }, { linf: [8], l2: [] }, {
    attacks: QUICK,
  });
  images.dispose();
  assertEquals(warnings.length, 1);
  assertStringIncludes(warnings[0], "randomised");
});
