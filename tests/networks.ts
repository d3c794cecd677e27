import * as tf from "@tensorflow/tfjs";
import seedrandom from "seedrandom";
import type { Architecture } from "../lib/nn/architecture.ts";
import { freeze } from "../lib/nn/freeze.ts";
import type { FrozenNetwork } from "../lib/nn/frozen_classifier.ts";
import { initialiseResNet } from "../lib/nn/initialise.ts";
import type { ResNet } from "../lib/nn/resnet.ts";
import { uniformNumbers } from "./numbers.ts";

export const TINY: Architecture = { depth: 8, channels: 1, classes: 4 };

/** A network whose running statistics and batch-norm parameters are not the trivial ones. */
export function testNetwork(architecture: Architecture = TINY, seed = "network"): ResNet {
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

/** The same, frozen. */
export function testClassifier(
  architecture: Architecture = TINY,
  seed = "network",
): FrozenNetwork {
  const network = testNetwork(architecture, seed);
  const frozen = freeze(network);
  network.dispose();
  return frozen;
}

/** Images in about the range of normalised pixels, `[count, side, side, channels]`. */
export function testImages(count: number, { channels } = TINY, side = 8): tf.Tensor4D {
  const values = uniformNumbers(count * side * side * channels, "images");
  return tf.tensor4d(values.map((value) => 2 * value), [count, side, side, channels]);
}
