import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { linearClassifier, randomLinear } from "../../classifiers.ts";
import { greyImages } from "./small_measurement.ts";
import { robustAccuracy } from "../../../lib/analysis/robustness/robust_accuracy.ts";
import {
  autoAttack,
  type RobustnessAttack,
} from "../../../lib/analysis/robustness/robustness_attack.ts";
import type { FrozenClassifier } from "../../../lib/nn/frozen_classifier.ts";
import { UserError } from "../../../lib/user_error.ts";
import { onAutomaticBackend } from "../../on_every_backend.ts";

/** Four classes, of which only the first two come near each other: their gap is w·x. */
const W = [3, -4, 0, 1];
const linear = () =>
  linearClassifier(W.flatMap((value) => [value / 2, -value / 2, 0, 0]), [0, 0, -50, -60]);

/** Hides the gradient of a classifier. */
function masked(classifier: FrozenClassifier): FrozenClassifier {
  return {
    ...classifier,
    pullback: (images) => ({
      ...classifier.pullback(images),
      toImages: ({ shape: [rows] }) => {
        const [, height, width, channels] = images.shape;
        return tf.zeros([rows, height, width, channels]);
      },
    }),
  };
}

/** Makes images that the classifier gets right, and counts those within reach of ε in L∞. */
async function problem(epsilon: number) {
  const images = greyImages(30);
  const pixels = await images.data();
  const gaps = Array.from(
    { length: 30 },
    (_, i) => W.reduce((sum, value, k) => sum + value * pixels[4 * i + k], 0),
  );
  const labels = gaps.map((gap) => gap >= 0 ? 0 : 1);
  const within = gaps.filter((gap) => Math.abs(gap) < 8 * epsilon / 255).length;
  return { images, labels, within };
}

const QUICK = { maxSteps: 10, candidates: 2, queries: 150 };

onAutomaticBackend(
  "autoAttack() attacks each image until one of its four attacks breaks it, and counts for each",
  async () => {
    const { images, labels, within } = await problem(16);
    assert(within > 3 && within < 30, `${within} of 30`);
    const brokenBy = async (classifier: FrozenClassifier) => {
      const attacks = [autoAttack(QUICK)];
      const options = { linf: [16], l2: [] };
      const { rows: [row] } = await robustAccuracy(classifier, { images, labels }, options, {
        attacks,
      });
      assertEquals(Object.keys(row.broken), ["apgd-ce", "apgd-dlr", "fab-t", "square"]);
      const all = Object.values(row.broken).reduce((sum, count) => sum + count);
      assertEquals([all, row.accuracy], [within, (30 - within) / 30]);
      return row.broken;
    };
    // With gradients, the first attack breaks all; without, none that takes a gradient can.
    assertEquals((await brokenBy(linear()))["apgd-ce"], within);
    const blind = await brokenBy(masked(linear()));
    assertEquals(blind["fab-t"], 0);
    assert(blind.square > 0, `${blind.square}`);
    images.dispose();
  },
);

onAutomaticBackend(
  "targeted attacks of autoAttack() go for as many classes as they are told",
  async () => {
    const { images, labels } = await problem(1);
    for (const name of ["apgd-dlr", "fab-t"]) {
      const passes = async (candidates: number) => {
        let count = 0;
        const blind = masked(linear());
        const counted: FrozenClassifier = {
          ...blind,
          pullback: (batch) => (count++, blind.pullback(batch)),
        };
        const stages = autoAttack({ ...QUICK, candidates }).stages
          .filter((stage) => stage.name === name);
        const options = { linf: [1], l2: [] };
        const attacks = [{ name, stages }];
        await robustAccuracy(counted, { images, labels }, options, { attacks });
        return count;
      };
      assert(await passes(2) > await passes(1), name);
    }
    images.dispose();
  },
);

onAutomaticBackend(
  "each attack of autoAttack() alone breaks the images of a linear classifier within its reach",
  async () => {
    const { images, labels, within } = await problem(16);
    for (const stage of autoAttack(QUICK).stages) {
      const { rows: [row] } = await robustAccuracy(linear(), { images, labels }, {
        linf: [16],
        l2: [],
      }, { attacks: [{ name: "alone", stages: [stage] }] });
      assertEquals(row.broken, { [stage.name]: within });
    }
    images.dispose();
  },
);

Deno.test("autoAttack() names an unknown option, and robustAccuracy() an attack without stages", async () => {
  const mistyped = { steps: 3 } as Parameters<typeof autoAttack>[0];
  assertThrows(() => autoAttack(mistyped), UserError, 'no option "steps"');
  const single = [{ name: "one" }] as unknown as RobustnessAttack[];
  const set = { images: tf.zeros([0, 1, 1, 1]) as tf.Tensor4D, labels: [] };
  await assertRejects(
    () => robustAccuracy(randomLinear(1, 2), set, {}, { attacks: single }),
    UserError,
    "must have stages",
  );
  await assertRejects(
    // deno-lint-ignore no-explicit-any
    () => robustAccuracy(randomLinear(1, 2), set, {}, { attacks: autoAttack() as any }),
    UserError,
    "must be a list",
  );
  await assertRejects(
    () => robustAccuracy(randomLinear(1, 2), set, {}, { attack: [] } as object),
    UserError,
    'besides options, not "attack"',
  );
  set.images.dispose();
});
