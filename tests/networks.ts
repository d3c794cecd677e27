import * as tf from "@tensorflow/tfjs";
import seedrandom from "seedrandom";
import type { Architecture } from "../lib/nn/architecture.ts";
import { DenseNetwork } from "../lib/nn/dense_network.ts";
import { freeze } from "../lib/nn/freeze.ts";
import { FrozenDense } from "../lib/nn/frozen_dense.ts";
import type { FrozenNetwork } from "../lib/nn/frozen_classifier.ts";
import { initialiseResNet } from "../lib/nn/initialise.ts";
import type { ImageNetwork } from "../lib/nn/image_network.ts";
import { uniformNumbers } from "./numbers.ts";

export const TINY: Architecture = { depth: 8, width: 0.25, channels: 1, classes: 4 };

/** The smallest wide ResNet. */
export const TINY_WIDE: Architecture = { ...TINY, family: "wrn", depth: 10, width: 1 };

/** Makes a network with non-trivial running statistics and batch-norm parameters. */
export function testNetwork(architecture: Architecture = TINY, seed = "network"): ImageNetwork {
  const network = initialiseResNet(architecture, seedrandom(seed) as () => number);
  for (const [name, variable] of network.variables()) {
    if (variable.shape.length !== 1) continue;
    tf.tidy(() => {
      const noise = tf.tensor(uniformNumbers(variable.size, `${seed} ${name}`), variable.shape);
      variable.assign(tf.add(variable, tf.mul(noise, 0.3)));
    });
  }
  return network;
}

/** Makes the frozen form of `testNetwork`. */
export function testClassifier(
  architecture: Architecture = TINY,
  seed = "network",
): FrozenNetwork {
  const network = testNetwork(architecture, seed);
  const frozen = freeze(network);
  network.dispose();
  return frozen;
}

/**
 * Makes a small network without convolutions for images of 8×8, for tests with hundreds of passes
 * through any classifier.
 */
export function denseClassifier(classes = TINY.classes, seed = "network"): FrozenNetwork {
  const network = new DenseNetwork([64, 32, classes], seedrandom(seed) as () => number);
  const frozen = new FrozenDense(network);
  network.dispose();
  return frozen;
}

/** Makes images `[count, side, side, channels]` in about the range of normalised pixels. */
export function testImages(count: number, { channels } = TINY, side = 8): tf.Tensor4D {
  const values = uniformNumbers(count * side * side * channels, "images");
  return tf.tensor4d(values.map((value) => 2 * value), [count, side, side, channels]);
}
