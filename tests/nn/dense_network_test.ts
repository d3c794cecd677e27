import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import seedrandom from "seedrandom";
import { DenseNetwork } from "../../lib/nn/dense_network.ts";
import { FrozenDense } from "../../lib/nn/frozen_dense.ts";
import { UserError } from "../../lib/user_error.ts";
import { assertClose, uniformNumbers } from "../numbers.ts";
import { computedOn, onEveryBackend } from "../on_every_backend.ts";
import { valuesOf, valuesOfAll } from "../values_of.ts";
import { assertImageSlope } from "./assert_slopes.ts";

/** The widths for images of 1×2 pixels with two channels. */
const WIDTHS = [4, 16, 12, 3];

/** Makes a network whose biases are not zero. */
function testNetwork(widths = WIDTHS): DenseNetwork {
  const network = new DenseNetwork(widths, seedrandom("dense") as () => number);
  for (const { bias } of network.layers()) {
    tf.tidy(() => (bias as tf.Variable).assign(tf.tensor(uniformNumbers(bias.size, "bias"))));
  }
  return network;
}

function testFrozen(widths = WIDTHS): FrozenDense {
  const network = testNetwork(widths);
  const frozen = new FrozenDense(network);
  network.dispose();
  return frozen;
}

function testImages(count: number): tf.Tensor4D {
  return tf.tensor4d(uniformNumbers(4 * count, "images"), [count, 1, 2, 2]);
}

Deno.test("DenseNetwork draws the same weights on every backend from the same numbers", async () => {
  const weights = async () => {
    const network = new DenseNetwork([2, 8, 3], seedrandom("same") as () => number);
    const values = await Promise.all(network.variables().map(([, variable]) => variable.data()));
    network.dispose();
    return values.map((value) => [...value as Float32Array]);
  };
  assertEquals(await computedOn(weights, "cpu"), await computedOn(weights, "wasm"));
});

Deno.test("DenseNetwork draws weights with the variance of He et al., and biases of zero", async () => {
  const network = new DenseNetwork([50, 400, 2], seedrandom("variance") as () => number);
  const [first, second] = network.layers();
  for (const { weight } of [first, second]) {
    const values = await weight.data<"float32">();
    const variance = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
    assert(Math.abs(variance / (2 / weight.shape[0]) - 1) < 0.1, `variance ${variance}`);
  }
  assert((await first.bias.data()).every((value) => value === 0));
  network.dispose();
});

Deno.test("DenseNetwork refuses widths that make no network, and says what is valid", () => {
  for (const widths of [[], [2], [2, 0, 2], [2, 1.5], [2, NaN]]) {
    assertThrows(
      () => new DenseNetwork(widths, Math.random),
      UserError,
      "at least two positive whole numbers: inputs, hidden layers, classes",
    );
  }
});

onEveryBackend("a dense network computes its formula", async () => {
  const network = new DenseNetwork([2, 2, 2], Math.random);
  const [first, second] = network.layers();
  const [features, logits] = await valuesOfAll(() => {
    const assign = (variable: tf.Tensor, values: number[]) =>
      (variable as tf.Variable).assign(tf.tensor(values, variable.shape));
    assign(first.weight, [1, -1, 2, 1]);
    assign(first.bias, [0.5, -1]);
    assign(second.weight, [3, 0, 1, -2]);
    assign(second.bias, [0, 10]);
    const { logits, features } = network.forward(tf.tensor4d([1, 2, -3, 0.5], [2, 1, 1, 2]));
    // (1·1 + 2·2 + 0.5, −1 + 2 − 1) = (5.5, 0); (−3 + 1 + 0.5, 3 + 0.5 − 1) = (−1.5, 2.5)
    assertEquals(features.map(({ shape }) => shape), [[2, 1, 1, 2]]);
    return [features[0], logits];
  });
  assertClose(features, [5.5, 0, 0, 2.5], 1e-6, "features");
  assertClose(logits, [16.5, 10, 2.5, 5], 1e-6, "logits");
  network.dispose();
});

onEveryBackend(
  "a frozen dense network keeps the logits of the network at its freezing",
  async () => {
    const network = testNetwork();
    const frozen = new FrozenDense(network);
    const logits = () => valuesOf(() => network.forward(testImages(5)).logits);
    const before = await logits();
    for (const [, variable] of network.variables()) {
      tf.tidy(() => variable.assign(tf.zerosLike(variable)));
    }
    assertEquals(await valuesOf(() => frozen.logits(testImages(5))), before);
    assertNotEquals(await logits(), before);
    frozen.dispose();
    network.dispose();
  },
);

for (const widths of [WIDTHS, [4, 3]]) {
  onEveryBackend(
    `the gradient of a frozen dense network of ${widths.length - 1} layers agrees with automatic ` +
      "differentiation, also for some rows and for repeated ones",
    async () => {
      const network = testNetwork(widths);
      const frozen = new FrozenDense(network);
      const [all, expected, some, expectedOfSome] = await valuesOfAll(() => {
        const images = testImages(5);
        const weights = tf.tensor2d(uniformNumbers(15, "weights"), [5, 3]);
        const expected = tf.grad((x) =>
          tf.sum(tf.mul(network.forward(x as tf.Tensor4D).logits, weights))
        )(images);
        const pass = frozen.pullback(images);
        const rows = tf.tensor1d([4, 0, 4, 2, 2, 1], "int32");
        const all = pass.toImages(weights);
        assertEquals(all.shape, images.shape);
        const some = pass.toImages(tf.gather(weights, rows), rows);
        pass.dispose();
        pass.logits.dispose();
        return [all, expected, some, tf.gather(expected, rows)];
      });
      assertClose(all, expected, 1e-5, "gradient");
      assertClose(some, expectedOfSome, 1e-5, "gradient of some rows");
      frozen.dispose();
      network.dispose();
    },
  );
}

onEveryBackend(
  "the gradient of a frozen dense network agrees with finite differences",
  async () => {
    const frozen = testFrozen();
    await assertImageSlope(frozen, () => testImages(4), { step: 1e-3, tolerance: 5e-3 });
    frozen.dispose();
  },
);
