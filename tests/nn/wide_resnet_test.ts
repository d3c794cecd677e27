import { assert, assertEquals, assertThrows } from "@std/assert";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs";
import type { Architecture } from "../../lib/nn/architecture.ts";
import { freeze } from "../../lib/nn/freeze.ts";
import type { ImageNetwork } from "../../lib/nn/image_network.ts";
import { initialiseResNet } from "../../lib/nn/initialise.ts";
import { nchwToNhwc, weightToDisk, weightToMemory } from "../../lib/nn/layout.ts";
import {
  createNetwork,
  networkName,
  parameterShapes,
  parseNetwork,
} from "../../lib/nn/network_families.ts";
import type { NetworkOutput } from "../../lib/nn/network.ts";
import { decodeSafetensors } from "../../lib/nn/safetensors.ts";
import { UserError } from "../../lib/user_error.ts";
import { testImages, testNetwork, TINY, TINY_WIDE } from "../networks.ts";
import { assertClose } from "../numbers.ts";
import { onFastBackends } from "../on_every_backend.ts";
import { valuesOf, valuesOfAll } from "../values_of.ts";

const WIDE: Architecture = { ...parseNetwork("wrn-16-2"), channels: 3, classes: 5 };

/** The reference: PyTorch in float64; `tests/golden/wide_resnet.py` writes it. */
const FILE = fileURLToPath(new URL("files/wide_resnet.safetensors", import.meta.url));
const golden = decodeSafetensors(await Deno.readFile(FILE), FILE).tensors;
const expected = (name: string) => golden.get(name)!.data as Float32Array;

/** Draws the numbers of the reference, in [−1/2, 1/2). */
function numbers(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
}

const sizeOf = (shape: readonly number[]) => shape.reduce((product, side) => product * side, 1);

function goldenNetwork(): ImageNetwork {
  const weights = parameterShapes(WIDE).map(({ name, shape }, k) => {
    const isAroundOne = /running_var$|bn\d\.weight$/.test(name);
    const scale = shape.length === 4 ? 0.2 : 0.6;
    const data = numbers(sizeOf(shape), k).map((value) => Number(isAroundOne) + scale * value);
    return [name, weightToMemory(data, shape)] as const;
  });
  return createNetwork(WIDE, new Map(weights));
}

function goldenImages(): tf.Tensor4D {
  const pixels = numbers(4 * 3 * 8 * 8, 1000).map((value) => 4 * value);
  return tf.tensor4d(nchwToNhwc(pixels, [4, 3, 8, 8]), [4, 8, 8, 3]);
}

/** The gradient of the reference's loss with respect to the logits. */
const goldenWeights = () => tf.tensor2d(numbers(20, 2000), [4, 5]);

/** Gives the norm of values in PyTorch's layout, and their product with numbers. */
function summary(values: ArrayLike<number>): number[] {
  const others = numbers(values.length, 7);
  let [squares, product] = [0, 0];
  others.forEach((other, k) => {
    squares += values[k] ** 2;
    product += values[k] * other;
  });
  return [Math.sqrt(squares), product];
}

/** Compares logits and feature maps with the reference. */
async function assertOutput(run: () => NetworkOutput, mode: string): Promise<void> {
  const [logits, ...maps] = await valuesOfAll(() => {
    const { logits, features } = run();
    const shapes = features.map(({ shape }) => shape);
    assertEquals(shapes, [[4, 8, 8, 32], [4, 4, 4, 64], [4, 2, 2, 128]]);
    const maps = features.map(toNchw);
    // A frozen network's outputs are kept.
    tf.dispose([...features]);
    return [logits, ...maps];
  });
  assertClose(logits, expected(`${mode}.logits`), 1e-5, `logits, ${mode}`);
  maps.forEach((map, k) => {
    const name = `${mode}.feature${k + 1}`;
    assertClose(summary(map), expected(name), 1e-5, name);
  });
}

const toNchw = (map: tf.Tensor) => tf.transpose(map, [0, 3, 1, 2]);

onFastBackends(
  "a wide ResNet has PyTorch's logits, maps and gradients in inference mode, also frozen",
  async () => {
    const network = goldenNetwork();
    const images = goldenImages();
    await assertOutput(() => network.forward(images, { training: false }), "inference");
    const frozen = freeze(network);
    network.dispose();
    await assertOutput(() => frozen.forward(images), "inference");
    assertEquals(frozen.featureChannels, [32, 64, 128]);
    const gradient = await valuesOf(() => {
      const pass = frozen.pullback(images);
      const gradient = toNchw(pass.toImages(goldenWeights()));
      pass.logits.dispose();
      pass.dispose();
      return gradient;
    });
    assertClose(gradient, expected("inference.images"), 1e-4, "gradient of images");
    images.dispose();
    frozen.dispose();
  },
);

onFastBackends(
  "a wide ResNet has PyTorch's logits, maps, gradients and running statistics in training mode",
  async () => {
    const network = goldenNetwork();
    const images = goldenImages();
    await assertOutput(() => network.forward(images, { training: true }), "training");
    for (const [name, variable] of network.statistics) {
      assertClose(await variable.data(), expected(`after.${name}`), 1e-5, name);
    }
    const loss = (x: tf.Tensor) => {
      const { logits } = network.forward(x as tf.Tensor4D, { training: true });
      return tf.sum(tf.mul(logits, goldenWeights())) as tf.Scalar;
    };
    const ofImages = await valuesOf(() => toNchw(tf.grad(loss)(images)));
    assertClose(ofImages, expected("training.images"), 1e-4, "gradient of images");
    const variables = [...network.parameters.values()];
    const { value, grads } = tf.variableGrads(() => loss(images), variables);
    for (const [name, variable] of network.parameters) {
      const gradient = grads[variable.name];
      const { data } = weightToDisk(await gradient.data<"float32">(), gradient.shape);
      assertClose(summary(data), expected(`gradient.${name}`), 1e-4, `gradient of ${name}`);
    }
    tf.dispose([images, value, ...Object.values(grads)]);
    network.dispose();
  },
);

Deno.test("a wide ResNet has as many parameters as in its paper", () => {
  const counts = ["wrn-16-2", "wrn-40-2", "wrn-16-8"].map((name) =>
    parameterShapes({ ...parseNetwork(name), channels: 3, classes: 10 })
      .filter(({ trainable }) => trainable).reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  );
  assertEquals(counts, [691_674, 2_243_546, 10_961_370]);
});

Deno.test("parameterShapes() of a wide ResNet has the names of the common PyTorch code", () => {
  const names = parameterShapes(TINY_WIDE).filter(({ trainable }) => trainable)
    .map(({ name, shape }) => [name, ...shape]);
  const block = (stage: number, from: number, to: number) => {
    const name = `block${stage}.layer.0`;
    const norm = (k: number, channels: number) =>
      ["weight", "bias"].map((part) => [`${name}.bn${k}.${part}`, channels]);
    return [
      ...norm(1, from),
      [`${name}.conv1.weight`, to, from, 3, 3],
      ...norm(2, to),
      [`${name}.conv2.weight`, to, to, 3, 3],
      ...from === to ? [] : [[`${name}.convShortcut.weight`, to, from, 1, 1]],
    ];
  };
  assertEquals(names, [
    ["conv1.weight", 16, 1, 3, 3],
    ...block(1, 16, 16),
    ...block(2, 16, 32),
    ...block(3, 32, 64),
    ["bn1.weight", 64],
    ["bn1.bias", 64],
    ["fc.weight", 4, 64],
    ["fc.bias", 4],
  ]);
});

Deno.test("parseNetwork() accepts wide ResNets of 6n + 4 layers, up to ten times as wide, and nothing else", () => {
  assertEquals(parseNetwork("wrn-40-10"), { family: "wrn", depth: 40, width: 10 });
  for (const name of ["wrn-16-2", "wrn-40-2", "wrn-10-1"]) {
    assertEquals(networkName(parseNetwork(name)), name);
  }
  const wrong = [
    "wrn-17-2",
    "wrn-18-2",
    "wrn-4-2",
    "wrn-16",
    "wrn-16-0",
    "wrn-16-02",
    "wrn-16-11",
    "wrn16-2",
  ];
  for (const name of wrong) {
    const error = assertThrows(() => parseNetwork(name), UserError, `no network "${name}"`);
    assert(error.message.includes("wrn-<depth>-<width> with a depth of 6n + 4"), error.message);
  }
});

Deno.test("initialiseResNet() draws a wide ResNet's filters with the variance of He et al., and biases of zero", async () => {
  let seed = 1;
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  const network = initialiseResNet(TINY_WIDE, random);
  const values = (name: string) => network.parameters.get(name)!.data<"float32">();
  for (const [name, wanted] of [["conv2", 2 / (9 * 64)], ["convShortcut", 2 / 64]] as const) {
    const filter = await values(`block3.layer.0.${name}.weight`);
    const variance = filter.reduce((sum, value) => sum + value ** 2, 0) / filter.length;
    assert(Math.abs(variance / wanted - 1) < 0.06, `${name} ${variance}`);
  }
  const weight = await values("fc.weight");
  const largest = weight.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  assert(largest <= 1 / 8 && largest > 0.95 / 8, `fc.weight ${largest}`);
  assertEquals([...await values("fc.bias")], [0, 0, 0, 0]);
  assertEquals([...new Set(await values("bn1.weight"))], [1]);
  network.dispose();
});

onFastBackends("a wide ResNet refuses bfloat16, frozen and in training", () => {
  const network = testNetwork(TINY_WIDE);
  const images = testImages(2, TINY);
  const error = "a wrn-10-1 runs only in f32, not in bf16; choose f32";
  assertThrows(() => freeze(network, { precision: "bf16" }), UserError, error);
  const mode = { training: true, precision: "bf16" } as const;
  assertThrows(() => network.forward(images, mode), UserError, error);
  images.dispose();
  network.dispose();
});
