import { assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import type { Architecture } from "../../lib/nn/architecture.ts";
import { freeze } from "../../lib/nn/freeze.ts";
import { weightToMemory } from "../../lib/nn/layout.ts";
import { parameterShapes } from "../../lib/nn/network_families.ts";
import { ResNet } from "../../lib/nn/resnet.ts";
import { assertSlopes } from "./assert_slopes.ts";
import { testImages, testNetwork } from "../networks.ts";
import { assertClose } from "../numbers.ts";
import { onFastBackends, onUsableBackends } from "../on_every_backend.ts";
import { valuesOf, valuesOfAll } from "../values_of.ts";

const FOUR_STAGES: Architecture = { depth: 10, stages: 4, channels: 3, classes: 6 };

/** The reference: PyTorch 2.6 on weights and images made of sines, in inference mode. */
const LOGITS = [
  ...[0.0489394, 0.1766158, -0.1316409, 0.2220263, -0.2948008, 0.2184174],
  ...[0.3226006, 0.0008931, -0.0636074, 0.265457, -0.4472858, 0.4714956],
];
/**
 * The gradient with respect to the images of the sum of all logits, each times the sine of its
 * index.
 */
const GRADIENT_NORM = 0.1776292;
const GRADIENT = new Map([
  [0, -2.957405e-4],
  [5_000, -5.268533e-4],
  [12_287, -5.581615e-7],
  [12_288, -2.131686e-5],
  [20_000, -2.0890504e-3],
]);

/**
 * Makes a network whose k-th tensor in PyTorch's order is 0.1·sin(0.37·i + k), plus 1 for scales
 * and variances.
 */
function sineNetwork(): ResNet {
  const weights = parameterShapes(FOUR_STAGES).map(({ name, shape }, k) => {
    const size = shape.reduce((product, side) => product * side, 1);
    const offset = /bn\d\.weight$|running_var$/.test(name) ? 1 : 0;
    const data = Float32Array.from(
      { length: size },
      (_, i) => offset + 0.1 * Math.sin(0.37 * i + k),
    );
    return [name, weightToMemory(data, shape)] as const;
  });
  return new ResNet(FOUR_STAGES, new Map(weights));
}

function sineImages(): tf.Tensor4D {
  const values = Float32Array.from(
    { length: 2 * 64 * 64 * 3 },
    (_, i) => Math.sin(0.01 * i ** 1.1),
  );
  return tf.tensor4d(values, [2, 64, 64, 3]);
}

onUsableBackends(
  "a network of four stages has PyTorch's logits at 64×64, also frozen",
  async () => {
    const network = sineNetwork();
    const frozen = freeze(network);
    const [logits, ...maps] = await valuesOfAll(() => {
      const { logits, features } = network.forward(sineImages(), { training: false });
      assertEquals(features.map(({ shape }) => shape), [
        [2, 64, 64, 16],
        [2, 32, 32, 32],
        [2, 16, 16, 64],
        [2, 8, 8, 128],
      ]);
      return [logits, ...features];
    });
    assertClose(logits, LOGITS, 1e-5, "logits");
    const ofFrozen = await valuesOf(() => frozen.logits(sineImages()));
    assertClose(ofFrozen, LOGITS, 1e-5, "logits, frozen");
    assertEquals(frozen.featureChannels, [16, 32, 64, 128]);
    const mapsOfFrozen = await valuesOfAll(() => {
      const { logits, features } = frozen.forward(sineImages());
      logits.dispose();
      return [...features];
    });
    maps.forEach((map, stage) => assertClose(mapsOfFrozen[stage], map, 1e-5, `stage ${stage + 1}`));
    frozen.dispose();
    network.dispose();
  },
);

onUsableBackends(
  "a frozen network of four stages has PyTorch's gradient with respect to the images",
  async () => {
    const network = sineNetwork();
    const frozen = freeze(network);
    network.dispose();
    const [norm, values] = await valuesOfAll(() => {
      const { logits, toImages, dispose } = frozen.pullback(sineImages());
      const gradient = toImages(tf.sin(tf.range(0, 12)).reshape([2, 6]) as tf.Tensor2D);
      dispose();
      logits.dispose();
      return [tf.norm(gradient), gradient];
    });
    assertClose(norm, [GRADIENT_NORM], 1e-4, "norm");
    const some = [...GRADIENT.keys()].map((place) => values[place]);
    assertClose(some, [...GRADIENT.values()], 1e-4, "entries of the gradient");
    frozen.dispose();
  },
);

onFastBackends(
  "the gradient of every parameter of four stages agrees with finite differences",
  async () => {
    const architecture: Architecture = { ...FOUR_STAGES, channels: 1, classes: 4 };
    const network = testNetwork(architecture);
    const images = testImages(4, architecture, 16);
    await assertSlopes(network, images);
    images.dispose();
    network.dispose();
  },
);
