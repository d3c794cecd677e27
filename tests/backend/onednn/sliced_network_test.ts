import { assert, assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { onBfloat16, onOnednn } from "./on_onednn.ts";
import { foldBatchNorm } from "../../../lib/nn/folded_resnet.ts";
import { freeze } from "../../../lib/nn/freeze.ts";
import { FrozenResNet } from "../../../lib/nn/frozen_resnet.ts";
import { gatherRows } from "../../../lib/tensors/rows.ts";
import { globalAveragePool } from "../../../lib/nn/image_network.ts";
import { restrictPullback } from "../../../lib/nn/frozen_classifier.ts";
import { startBackend } from "../../../lib/backend/start_backend.ts";
import { UserError } from "../../../lib/user_error.ts";
import { testClassifier, testImages, testNetwork, TINY } from "../../networks.ts";
import { assertClose, uniformNumbers } from "../../numbers.ts";

const RESNET14 = { depth: 14, channels: 3, classes: 10 };

function direction(count: number): tf.Tensor2D {
  return tf.tensor2d(uniformNumbers(count * 10, "direction"), [count, 10]);
}

onOnednn("a compiled network agrees with the same network made of operations", async () => {
  const network = testNetwork(RESNET14);
  const compiled = freeze(network);
  const composed = new FrozenResNet(foldBatchNorm(network));
  const images = testImages(45, RESNET14, 16);
  const dLogits = direction(45);
  const [ours, theirs] = [compiled, composed].map((classifier) => {
    const { logits, toImages, dispose } = classifier.pullback(images);
    const gradient = toImages(dLogits);
    dispose();
    return [logits, gradient];
  });
  for (const k of [0, 1]) assertClose(await ours[k].data(), await theirs[k].data(), 1e-5);
  tf.dispose([images, dLogits, ...ours, ...theirs]);
  compiled.dispose();
  composed.dispose();
  network.dispose();
});

onOnednn("a network with a weight that is not finite is not frozen, and nothing is left", () => {
  const network = testNetwork(RESNET14);
  const filter = network.parameters.get("layer2.0.conv1.weight")!;
  const values = filter.dataSync();
  values[7] = NaN;
  const damaged = tf.tensor(values, filter.shape);
  filter.assign(damaged);
  const before = tf.memory().numTensors;
  assertThrows(() => freeze(network), UserError, "weights that are not finite");
  assertEquals(tf.memory().numTensors, before);
  damaged.dispose();
  network.dispose();
});

onOnednn(
  "logits and gradient of an image are the same, bit for bit, in a batch of any size",
  async () => {
    const classifier = testClassifier(RESNET14);
    const images = testImages(71, RESNET14, 16);
    const dLogits = direction(71);
    const whole = classifier.pullback(images);
    const gradient = whole.toImages(dLogits);
    const [allLogits, allGradients] = [await whole.logits.data(), await gradient.data()];
    const size = 16 * 16 * 3;
    for (const [from, count] of [[0, 1], [3, 2], [5, 31], [40, 31], [64, 7]]) {
      const part = tf.slice(images, [from, 0, 0, 0], [count, -1, -1, -1]);
      const partDirection = tf.slice(dLogits, [from, 0], [count, -1]);
      const pass = classifier.pullback(part);
      const back = pass.toImages(partDirection);
      const logits = classifier.logits(part);
      const expected = allLogits.slice(10 * from, 10 * (from + count));
      assertEquals(await pass.logits.data(), expected);
      assertEquals(await logits.data(), expected);
      assertEquals(await back.data(), allGradients.slice(size * from, size * (from + count)));
      pass.dispose();
      tf.dispose([part, partDirection, back, logits, pass.logits]);
    }
    whole.dispose();
    tf.dispose([images, dLogits, gradient, whole.logits]);
    classifier.dispose();
  },
);

onOnednn(
  "a pass restricted to some rows equals the pass over these images, bit for bit",
  async () => {
    const classifier = testClassifier(RESNET14);
    const images = testImages(50, RESNET14, 16);
    const rows = [49, 3, 17, 3, 0, 31, 32];
    const dLogits = direction(rows.length);
    const whole = classifier.pullback(images);
    const restricted = restrictPullback(whole, rows);
    const chosen = gatherRows(images, rows);
    const fresh = classifier.pullback(chosen);
    const [a, b] = [restricted.toImages(dLogits), fresh.toImages(dLogits)];
    assertEquals(await restricted.logits.data(), await fresh.logits.data());
    assertEquals(await a.data(), await b.data());
    for (const pass of [restricted, fresh, whole]) {
      pass.dispose();
      pass.logits.dispose();
    }
    tf.dispose([images, chosen, dLogits, a, b]);
    classifier.dispose();
  },
);

onOnednn("a compiled network releases all its memory", (backend) => {
  const before = backend.arena.usage.inUse;
  const once = () => {
    const classifier = testClassifier(RESNET14);
    const images = testImages(40, RESNET14, 16);
    const dLogits = direction(40);
    const { logits, toImages, dispose } = classifier.pullback(images);
    tf.dispose([toImages(dLogits), classifier.logits(images), logits, images, dLogits]);
    dispose();
    classifier.dispose();
  };
  once();
  const after = backend.arena.usage.inUse;
  once();
  assertEquals(backend.arena.usage.inUse, after);
  // Constants and working memory are kept for the next network.
  assert(after - before < 2 ** 21, `${after - before} bytes`);
});

onOnednn("a compiled network takes images of another size, and an empty batch", async () => {
  const classifier = testClassifier(RESNET14);
  for (const [count, side] of [[3, 16], [2, 32], [3, 16], [0, 16]]) {
    const images = testImages(count, RESNET14, side);
    const logits = classifier.logits(images);
    assertEquals(logits.shape, [count, 10]);
    assert((await logits.data()).every(Number.isFinite));
    tf.dispose([images, logits]);
  }
  classifier.dispose();
});

onBfloat16(
  "logits and gradients in bfloat16 differ only by rounding",
  async () => {
    const network = testNetwork(RESNET14);
    const exact = freeze(network);
    const rounded = freeze(network, { precision: "bf16" });
    const images = testImages(40, RESNET14, 16);
    const dLogits = direction(40);
    const [a, b] = [exact, rounded].map((classifier) => {
      const { logits, toImages, dispose } = classifier.pullback(images);
      const gradient = toImages(dLogits);
      dispose();
      return [logits, gradient];
    });
    const logits = [await a[0].data(), await b[0].data()];
    assertClose(logits[1], logits[0], 0.03, "logits");
    assert(logits[0].some((value, k) => value !== logits[1][k]), "bfloat16 was not used");
    assertClose(await b[1].data(), await a[1].data(), 0.2, "gradients");
    tf.dispose([images, dLogits, ...a, ...b]);
    exact.dispose();
    rounded.dispose();
    network.dispose();
  },
);

onBfloat16("a network in bfloat16 takes the mean of a map of 7×7 pixels", async () => {
  const network = testNetwork({ ...TINY, width: 1 });
  const images = testImages(37, TINY, 28);
  const frozen = freeze(network, { precision: "bf16" });
  const { logits, features } = frozen.forward(images);
  assertEquals(features.at(-1)!.shape, [37, 7, 7, 64]);
  const [weight, bias] = ["linear.weight", "linear.bias"].map((name) =>
    network.parameters.get(name)!
  );
  const expected = tf.tidy(() =>
    tf.add(tf.matMul(globalAveragePool(features.at(-1)!), weight as tf.Tensor2D), bias)
  );
  // The linear layer is float32. A product with 1/49 in bfloat16 would give errors of 1e-3.
  assertClose(await logits.data(), await expected.data(), 1e-5, "logits");
  tf.dispose([images, logits, ...features, expected]);
  frozen.dispose();
  network.dispose();
});

Deno.test("freeze() lists the valid precisions if the backend lacks the one asked for", async () => {
  await startBackend("cpu");
  const network = testNetwork();
  assertThrows(() => freeze(network, { precision: "bf16" }), UserError, "choose from f32");
  network.dispose();
});

onOnednn("a compiled network is freed once, and refuses to compute afterwards", (backend) => {
  const network = testNetwork(RESNET14);
  const images = testImages(1, RESNET14, 16);
  const used = () => {
    const compiled = freeze(network);
    tf.dispose(compiled.logits(images));
    return compiled;
  };
  used().dispose(); // this makes the memory that all networks share
  const before = backend.arena.usage;
  const compiled = used();
  compiled.dispose();
  compiled.dispose();
  assertThrows(() => compiled.logits(images), Error, "this frozen network is disposed of");
  assertEquals(backend.arena.usage, before);
  images.dispose();
  network.dispose();
});

onOnednn("a network names the channels that it takes, frozen and in training", () => {
  const network = testNetwork(RESNET14);
  const compiled = freeze(network);
  const grey = tf.zeros([2, 16, 16, 1]) as tf.Tensor4D;
  for (
    const run of [
      () => compiled.logits(grey),
      () => compiled.pullback(grey),
      () => network.forward(grey, { training: true }),
    ]
  ) {
    assertThrows(run, UserError, "takes images of 3 channels, but these have 1");
  }
  grey.dispose();
  compiled.dispose();
  network.dispose();
});
