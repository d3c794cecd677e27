import { assert, assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { freeze } from "../../lib/nn/freeze.ts";
import { initialiseResNet } from "../../lib/nn/initialise.ts";
import { assertSlopes } from "./assert_slopes.ts";
import { checkGradients, weightedSum } from "../finite_differences.ts";
import { testClassifier, testImages, testNetwork, TINY } from "../networks.ts";
import { assertClose } from "../numbers.ts";
import { computedOn, onEveryBackend } from "../on_every_backend.ts";

Deno.test("initialiseResNet() gives the same weights on every backend for the same numbers", async () => {
  const weights = async () => {
    const network = testNetwork();
    const values = await Promise.all(network.variables().map(([, variable]) => variable.data()));
    network.dispose();
    return values;
  };
  const [a, b] = [await computedOn(weights, "cpu"), await computedOn(weights, "wasm")];
  a.forEach((values, index) => assertEquals([...values], [...b[index]]));
});

Deno.test("initialiseResNet() draws filters with the variance of He et al.", () => {
  let seed = 1;
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  const network = initialiseResNet({ depth: 8, channels: 3, classes: 10 }, random);
  const filter = network.parameters.get("layer3.0.conv2.weight")!.dataSync<"float32">();
  const variance = filter.reduce((sum, value) => sum + value ** 2, 0) / filter.length;
  assert(Math.abs(variance / (2 / (9 * 64)) - 1) < 0.03, `variance ${variance}`);
  network.dispose();
});

onEveryBackend(
  "a ResNet gives the feature map of each stage and the logits, at 32×32 and 64×64",
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

onEveryBackend("training mode moves the running statistics, inference mode does not", () => {
  const network = testNetwork();
  const statistic = network.statistics.get("bn1.running_mean")!;
  const images = testImages(4);
  const before = [...statistic.dataSync()];
  tf.tidy(() => void network.forward(images, { training: false }));
  assertEquals([...statistic.dataSync()], before);
  tf.tidy(() => void network.forward(images, { training: true }));
  assert([...statistic.dataSync()].some((value, index) => value !== before[index]));
  images.dispose();
  network.dispose();
});

onEveryBackend("the gradient of every parameter agrees with finite differences", () => {
  const network = testNetwork();
  const images = testImages(4);
  assertSlopes(network, images);
  images.dispose();
  network.dispose();
});

onEveryBackend("a frozen network gives the logits of inference mode", () => {
  const network = testNetwork({ depth: 14, channels: 3, classes: 10 });
  const frozen = freeze(network);
  tf.tidy(() => {
    const images = testImages(3, network.architecture, 16);
    assertClose(
      frozen.logits(images).dataSync(),
      network.forward(images, { training: false }).logits.dataSync(),
      1e-5,
      "logits",
    );
  });
  frozen.dispose();
  network.dispose();
});

onEveryBackend(
  "a frozen network's gradient agrees with automatic differentiation, also for some rows",
  () => {
    const network = testNetwork({ depth: 14, channels: 3, classes: 10 });
    const frozen = freeze(network);
    tf.tidy(() => {
      const images = testImages(3, network.architecture, 16);
      const weights = testImages(3, { depth: 8, channels: 10, classes: 10 }, 1)
        .reshape([3, 10]) as tf.Tensor2D;
      const expected = tf.grad((x) =>
        tf.sum(tf.mul(network.forward(x as tf.Tensor4D, { training: false }).logits, weights))
      )(images);
      const pass = frozen.pullback(images);
      assertClose(pass.toImages(weights).dataSync(), expected.dataSync(), 1e-4, "gradient");
      const rows = tf.tensor1d([2, 0], "int32");
      assertClose(
        pass.toImages(tf.gather(weights, rows), rows).dataSync(),
        tf.gather(expected, rows).dataSync(),
        1e-4,
        "gradient of two rows",
      );
      pass.dispose();
      tf.dispose(pass.logits);
    });
    frozen.dispose();
    network.dispose();
  },
);

onEveryBackend("a frozen network's gradient agrees with finite differences", () => {
  const frozen = testClassifier();
  tf.tidy(() => {
    const images = testImages(2);
    const pass = frozen.pullback(images);
    const weights = tf.grad(weightedSum)(pass.logits) as tf.Tensor2D;
    const gradient = pass.toImages(weights);
    pass.dispose();
    pass.logits.dispose();
    // Along the gradient itself, where the change is largest against the rounding.
    const norm = tf.norm(gradient).dataSync()[0];
    const at = (t: number) =>
      weightedSum(frozen.logits(tf.add(images, tf.mul(gradient, t / norm)))).dataSync()[0];
    const step = 1e-2;
    assertClose([norm], [(at(step) - at(-step)) / (2 * step)], 0.02, "slope");
  });
  frozen.dispose();
});

Deno.test("checkGradients() notices a wrong gradient", () => {
  const wrong = tf.customGrad((x, save) => {
    (save as tf.GradSaveFunc)([x as tf.Tensor]);
    return {
      value: tf.sum(tf.square(x as tf.Tensor)),
      gradFunc: (dy, saved) => tf.mul(dy, tf.mul((saved as tf.Tensor[])[0], 2.1)),
    };
  });
  tf.tidy(() => {
    const x = testImages(1, TINY);
    assertThrows(() => checkGradients((x) => wrong(x) as tf.Scalar, [x]));
  });
});
