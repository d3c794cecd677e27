import * as tf from "@tensorflow/tfjs";
import { assertRejects } from "@std/assert";
import { linearClassifier, randomLinear } from "../../classifiers.ts";
import { attackOf, greyImages, ownLabels } from "./small_measurement.ts";
import { robustAccuracy } from "../../../lib/analysis/robustness/robust_accuracy.ts";
import type { RobustnessStage } from "../../../lib/analysis/robustness/robustness_attack.ts";
import type { FrozenClassifier } from "../../../lib/nn/frozen_classifier.ts";
import { UserError } from "../../../lib/user_error.ts";
import { onUsableBackends } from "../../on_every_backend.ts";

/** Makes the result of an attack that moves every pixel by the same amount. */
function moved(classifier: FrozenClassifier, images: tf.Tensor4D, by: number) {
  const samples = tf.add(images, by) as tf.Tensor4D;
  return Promise.resolve({ samples, logits: classifier.logits(samples) });
}

onUsableBackends(
  "robustAccuracy() refuses samples that leave the ball or 0…1 or are not finite, and names the attack",
  async () => {
    const classifier = randomLinear(4, 4);
    const images = greyImages(5);
    const labels = await ownLabels(classifier, images);
    const measure = (run: RobustnessStage["run"], l2: number[]) =>
      robustAccuracy(classifier, { images, labels }, { linf: [], l2 }, {
        attacks: [attackOf(run)],
      });
    const cases: [RobustnessStage["run"], number, string][] = [
      [
        (classifier, images) => moved(classifier, images, 0.1),
        0.1,
        "own with ε = 0.1 in L2 moves an image by 0.2000000",
      ],
      [
        (classifier, images) => moved(classifier, images, 0.9),
        5,
        "own with ε = 5 in L2 gives a pixel of 1.",
      ],
      [
        (classifier, images) => moved(classifier, images, NaN),
        1,
        "own with ε = 1 in L2 gives samples that are not finite (NaN)",
      ],
      [
        () => Promise.reject(new UserError("the classifier under attack is broken")),
        1,
        "own with ε = 1 in L2: the classifier under attack is broken",
      ],
      [
        (classifier, images) => {
          const one = tf.slice(images, 0, 1);
          return moved(classifier, one, 0.1).finally(() => one.dispose());
        },
        1,
        "gives samples [1,2,2,1] and logits [1,4], but must give samples [5,2,2,1] and logits [5,4]",
      ],
      [
        () => undefined as unknown as ReturnType<RobustnessStage["run"]>,
        1,
        "gives samples [undefined]",
      ],
    ];
    for (const [run, epsilon, message] of cases) {
      await assertRejects(() => measure(run, [epsilon]), UserError, message);
    }
    images.dispose();
  },
);

onUsableBackends(
  "robustAccuracy() refuses a classifier whose logits have another shape or are not finite",
  async () => {
    const images = greyImages(2);
    const broken = linearClassifier(Array(8).fill(NaN), [0, 0]);
    await assertRejects(
      () => robustAccuracy(broken, { images, labels: [0, 1] }),
      UserError,
      "the classifier gives logits that are not finite (NaN) on images without any attack",
    );
    const flat = linearClassifier(Array(8).fill(1), [0, 0]);
    await assertRejects(
      () => robustAccuracy({ ...flat, classes: 3 }, { images, labels: [0, 1] }),
      UserError,
      "the classifier gives logits of shape [2,2], but must give [2,3]",
    );
    images.dispose();
  },
);

onUsableBackends(
  "robustAccuracy() refuses samples whose logits are not finite, whatever the attack reports",
  async () => {
    const classifier = randomLinear(4, 4);
    const images = greyImages(5);
    const labels = await ownLabels(classifier, images);
    let isBroken = false;
    const breaking: FrozenClassifier = {
      ...classifier,
      logits: (batch) => isBroken ? tf.fill([batch.shape[0], 4], NaN) : classifier.logits(batch),
    };
    const run: RobustnessStage["run"] = async (_breaking, batch) => {
      const result = await moved(classifier, batch, 0.01);
      isBroken = true;
      return result;
    };
    const attacks = [attackOf(run)];
    await assertRejects(
      () => robustAccuracy(breaking, { images, labels }, { linf: [], l2: [1] }, { attacks }),
      UserError,
      "own with ε = 1 in L2 gives logits that are not finite (NaN)",
    );
    images.dispose();
  },
);

onUsableBackends(
  "robustAccuracy() refuses normalised images, labels that do not fit, and bad options",
  async () => {
    const classifier = randomLinear(4, 4);
    const images = greyImages(2);
    const normalised = tf.sub(images, 1) as tf.Tensor4D;
    const set = { images, labels: [0, 1] };
    const refused = (message: string, call: () => Promise<unknown>) =>
      assertRejects(call, UserError, message);
    await refused(
      "give pixels in 0…1",
      () => robustAccuracy(classifier, { ...set, images: normalised }),
    );
    await refused("2 images", () => robustAccuracy(classifier, { images, labels: [0] }));
    await refused("class 4", () => robustAccuracy(classifier, { images, labels: [0, 4] }));
    await refused('option "linf"', () => robustAccuracy(classifier, set, { linf: [1, 1] }));
    await refused("in units of 1/255", () => robustAccuracy(classifier, set, { linf: [8 / 255] }));
    await refused('option "l2"', () => robustAccuracy(classifier, set, { l2: [0] }));
    await refused('option "batchSize"', () => robustAccuracy(classifier, set, { batchSize: 0 }));
    await refused(
      'no option "epsilon"',
      () => robustAccuracy(classifier, set, { epsilon: 1 } as never),
    );
    tf.dispose([images, normalised]);
  },
);
