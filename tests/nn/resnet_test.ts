import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { freeze } from "../../lib/nn/freeze.ts";
import { initialiseResNet } from "../../lib/nn/initialise.ts";
import { UserError } from "../../lib/user_error.ts";
import { assertImageSlope, assertSlopes } from "./assert_slopes.ts";
import { checkGradients } from "../finite_differences.ts";
import { testClassifier, testImages, testNetwork, TINY, TINY_WIDE } from "../networks.ts";
import { assertClose } from "../numbers.ts";
import { computedOn, onEveryBackend, onUsableBackends } from "../on_every_backend.ts";
import { valuesOfAll } from "../values_of.ts";

Deno.test("initialiseResNet() draws the same weights on every backend from the same numbers", async () => {
  const weights = async () => {
    const network = testNetwork();
    const values = await Promise.all(network.variables().map(([, variable]) => variable.data()));
    network.dispose();
    return values;
  };
  const [a, b] = [await computedOn(weights, "cpu"), await computedOn(weights, "wasm")];
  a.forEach((values, index) => assertEquals([...values], [...b[index]]));
});

Deno.test("initialiseResNet() draws filters with the variance of He et al.", async () => {
  let seed = 1;
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  const network = initialiseResNet({ depth: 8, channels: 3, classes: 10 }, random);
  const filter = await network.parameters.get("layer3.0.conv2.weight")!.data<"float32">();
  const variance = filter.reduce((sum, value) => sum + value ** 2, 0) / filter.length;
  assert(Math.abs(variance / (2 / (9 * 64)) - 1) < 0.03, `variance ${variance}`);
  network.dispose();
});

onEveryBackend(
  "a ResNet returns the feature map of each stage and the logits, at 32×32 and 64×64",
  () => {
    for (const [channels, classes, side] of [[1, 10, 32], [3, 200, 64]]) {
      const network = testNetwork({ depth: 8, channels, classes });
      tf.tidy(() => {
        const images = testImages(2, { depth: 8, channels, classes }, side);
        const { logits, features } = network.forward(images, { training: false });
        assertEquals(logits.shape, [2, classes]);
        assertEquals(features.map(({ shape }) => shape), [
          [2, side, side, 16],
          [2, side / 2, side / 2, 32],
          [2, side / 4, side / 4, 64],
        ]);
      });
      network.dispose();
    }
  },
);

onEveryBackend("training mode moves the running statistics, inference mode does not", async () => {
  const network = testNetwork();
  const statistic = network.statistics.get("bn1.running_mean")!;
  const images = testImages(4);
  const before = [...await statistic.data()];
  tf.tidy(() => void network.forward(images, { training: false }));
  assertEquals([...await statistic.data()], before);
  tf.tidy(() => void network.forward(images, { training: true }));
  assert([...await statistic.data()].some((value, index) => value !== before[index]));
  images.dispose();
  network.dispose();
});

onEveryBackend("the gradient of every parameter agrees with finite differences", async () => {
  for (const architecture of [TINY, { ...TINY, width: 0.5 }, TINY_WIDE]) {
    const network = testNetwork(architecture);
    const images = testImages(4);
    await assertSlopes(network, images);
    images.dispose();
    network.dispose();
  }
});

onEveryBackend(
  "a frozen network's gradient agrees with automatic differentiation, also for some rows",
  async () => {
    for (const layers of [{ depth: 14 }, { family: "wrn", depth: 10 }]) {
      const network = testNetwork({ ...layers, width: 2, channels: 3, classes: 10 });
      const frozen = freeze(network);
      const [all, expected, some, expectedOfSome] = await valuesOfAll(() => {
        const images = testImages(3, network.architecture, 16);
        const weights = testImages(3, { depth: 8, channels: 10, classes: 10 }, 1)
          .reshape([3, 10]) as tf.Tensor2D;
        const expected = tf.grad((x) =>
          tf.sum(tf.mul(network.forward(x as tf.Tensor4D, { training: false }).logits, weights))
        )(images);
        const pass = frozen.pullback(images);
        const rows = tf.tensor1d([2, 0], "int32");
        const all = pass.toImages(weights);
        const some = pass.toImages(tf.gather(weights, rows), rows);
        pass.dispose();
        pass.logits.dispose();
        return [all, expected, some, tf.gather(expected, rows)];
      });
      assertClose(all, expected, 1e-4, "gradient");
      assertClose(some, expectedOfSome, 1e-4, "gradient of two rows");
      frozen.dispose();
      network.dispose();
    }
  },
);

onEveryBackend("a frozen network's gradient agrees with finite differences", async () => {
  for (const architecture of [TINY, TINY_WIDE]) {
    const frozen = testClassifier(architecture);
    await assertImageSlope(frozen, () => testImages(2), { step: 1e-2, tolerance: 0.02 });
    frozen.dispose();
  }
});

onUsableBackends("a ResNet does not train on a single value for each channel", () => {
  const network = testNetwork();
  const image = testImages(1, TINY, 4);
  const train = () => tf.tidy(() => void network.forward(image, { training: true }));
  assertThrows(train, UserError, "batch normalisation needs two");
  image.dispose();
  network.dispose();
});

Deno.test("checkGradients() notices a wrong gradient", async () => {
  const wrong = tf.customGrad((x, save) => {
    (save as tf.GradSaveFunc)([x as tf.Tensor]);
    return {
      value: tf.sum(tf.square(x as tf.Tensor)),
      gradFunc: (dy, saved) => tf.mul(dy, tf.mul((saved as tf.Tensor[])[0], 2.1)),
    };
  });
  await assertRejects(() =>
    checkGradients((x) => wrong(x) as tf.Scalar, () => [testImages(1, TINY)])
  );
});
