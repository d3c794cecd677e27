import { assert, assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { onBfloat16, onOnednn } from "./on_onednn.ts";
import type { OnednnBackend } from "../../../lib/backend/onednn/onednn_backend.ts";
import type { Architecture } from "../../../lib/nn/architecture.ts";
import { networkName } from "../../../lib/nn/network_families.ts";
import type { Precision } from "../../../lib/nn/precision.ts";
import type { NetworkOutput } from "../../../lib/nn/network.ts";
import type { ImageNetwork } from "../../../lib/nn/image_network.ts";
import type { TrainingBackend } from "../../../lib/nn/training_pass.ts";
import { leaveInterruptedWork } from "../../../lib/stop/leave_interrupted_work.ts";
import { weightedSum } from "../../finite_differences.ts";
import { testImages, testNetwork } from "../../networks.ts";
import { valuesOfAll } from "../../values_of.ts";

const RESNET8: Architecture = { depth: 8, channels: 3, classes: 10 };

function lossOf({ logits, features }: NetworkOutput): tf.Scalar {
  return tf.addN([logits, ...features].map((tensor) => weightedSum(tensor))) as tf.Scalar;
}

/** A network, the side of its images and how many there are. */
type Case = readonly [architecture: Architecture, side: number, count: number];

const CASES: readonly Case[] = [
  [RESNET8, 32, 9],
  [{ depth: 14, channels: 1, classes: 10 }, 28, 16],
  [{ depth: 10, stages: 4, channels: 3, classes: 20 }, 64, 5],
  [{ depth: 8, width: 4, channels: 3, classes: 10 }, 16, 5],
  // Odd heights and widths, 25, 13 and 7
  [{ depth: 14, channels: 3, classes: 10 }, 25, 16],
];

/** Gives outputs, gradients and moved statistics of a training pass, by name. */
async function passOf(
  [architecture, side, count]: Case,
  precision: Precision = "f32",
): Promise<Map<string, number[]>> {
  const network = testNetwork(architecture);
  const names = [...network.parameters.keys(), ...network.statistics.keys()];
  const values = await valuesOfAll(() => {
    const images = testImages(count, architecture, side);
    let output!: NetworkOutput;
    const { grads } = tf.variableGrads(() => {
      output = network.forward(images, { training: true, precision });
      for (const tensor of [output.logits, ...output.features]) tf.keep(tensor);
      return lossOf(output);
    }, [...network.parameters.values()]);
    const gradients = [...network.parameters.values()].map(({ name }) => grads[name]);
    const statistics = [...network.statistics.values()].map((statistic) => tf.clone(statistic));
    return [...gradients, ...statistics, output.logits, ...output.features];
  });
  network.dispose();
  return new Map(values.map((of, index) => [names[index] ?? `output ${index}`, of]));
}

/** Computes as a backend would that has no training pass of its own. */
async function withSingleOperations<T>(
  backend: Partial<TrainingBackend>,
  work: () => Promise<T>,
): Promise<T> {
  backend.startTrainingPass = undefined;
  try {
    return await work();
  } finally {
    delete backend.startTrainingPass;
  }
}

for (const which of CASES) {
  const [architecture, side] = which;
  const network = networkName(architecture);
  onOnednn(
    `a training pass has the bits of single operations: ${network}, ${side}×${side}`,
    async (backend) => {
      const ours = await passOf(which);
      const theirs = await withSingleOperations(
        backend as Partial<TrainingBackend>,
        () => passOf(which),
      );
      for (const [name, values] of theirs) assertEquals(ours.get(name), values, name);
    },
  );

  onBfloat16(
    `a training pass in bfloat16 is off by its rounding: ${network}, ${side}×${side}`,
    async () => {
      const [exact, rounded] = [await passOf(which), await passOf(which, "bf16")];
      let largest = 0;
      for (const [name, values] of exact) {
        const error = relativeError(rounded.get(name)!, values);
        // A gradient of random images is a small rest of large terms.
        const tolerance = /running|output/.test(name) ? 0.02 : 0.3;
        assert(error < tolerance, `${name} is off by ${error}`);
        largest = Math.max(largest, error);
      }
      assert(largest > 1e-3, "bfloat16 was not used");
    },
  );
}

onOnednn("a training pass takes images of a few rows or columns", async (backend) => {
  const network = testNetwork(RESNET8);
  for (const [height, width] of [[1, 1], [1, 2], [1, 6], [2, 6], [2, 5], [3, 7], [5, 1]]) {
    const images = tf.randomUniform([5, height, width, 3], 0, 1, "float32", 1) as tf.Tensor4D;
    const valuesOfPass = () =>
      valuesOfAll(() => {
        const loss = () => lossOf(network.forward(images, { training: true }));
        const { value, grads } = tf.variableGrads(loss, [...network.parameters.values()]);
        return [value, ...Object.values(grads)];
      });
    const ours = await valuesOfPass();
    const theirs = await withSingleOperations(backend as Partial<TrainingBackend>, valuesOfPass);
    assertEquals(ours, theirs, `${height}×${width}`);
    images.dispose();
  }
  network.dispose();
});

/** The L2 norm of the differences, relative to that of the values. */
function relativeError(values: readonly number[], exact: readonly number[]): number {
  const squares = exact.reduce((sum, value) => sum + value ** 2, 0);
  const errors = exact.reduce((sum, value, k) => sum + (values[k] - value) ** 2, 0);
  return Math.sqrt(errors / squares);
}

/** Two passes in one tape, as one loss might have them. */
function gradientOfTwo(network: ImageNetwork, first: tf.Tensor4D, second: tf.Tensor4D): tf.Tensor {
  const variable = network.parameters.get("layer1.0.conv1.weight")!;
  const { value, grads } = tf.variableGrads(() => {
    const passes = [first, second].map((images) => network.forward(images, { training: true }));
    return tf.add(lossOf(passes[0]), lossOf(passes[1])) as tf.Scalar;
  }, [variable]);
  value.dispose();
  return grads[variable.name];
}

function gradientOfOne(network: ImageNetwork, images: tf.Tensor4D): tf.Tensor {
  const variable = network.parameters.get("layer1.0.conv1.weight")!;
  const loss = () => lossOf(network.forward(images, { training: true }));
  const { value, grads } = tf.variableGrads(loss, [variable]);
  value.dispose();
  return grads[variable.name];
}

onOnednn("two training passes at a time don't disturb each other", async () => {
  const network = testNetwork(RESNET8);
  const [both, separate] = await valuesOfAll(() => {
    const first = testImages(6, RESNET8, 16);
    const second = tf.mul(testImages(3, RESNET8, 16), 0.5) as tf.Tensor4D;
    return [
      gradientOfTwo(network, first, second),
      // In the order of the tape: the last pass goes back first.
      tf.add(gradientOfOne(network, second), gradientOfOne(network, first)),
    ];
  });
  assertEquals(both, separate);
  network.dispose();
});

onOnednn("training passes release what they take: nothing grows over 200 steps", (backend) => {
  const network = testNetwork(RESNET8);
  const [first, second] = [testImages(2, RESNET8, 8), testImages(1, RESNET8, 8)];
  const precision: Precision = backend.precisions.includes("bf16") ? "bf16" : "f32";
  const step = () => tf.dispose(gradientOfTwo(network, first, second));
  const unfinished = () => {
    // Thrown away, with and without its feature maps, and ended by a loss that throws.
    tf.tidy(() => void network.forward(first, { training: true, precision }));
    tf.dispose(tf.tidy(() => {
      const { logits, features } = network.forward(first, { training: true, precision });
      return [logits, ...features];
    }));
    const failing = () => {
      void network.forward(first, { training: true }).features;
      throw new Error("no loss");
    };
    assertThrows(() => tf.variableGrads(failing), Error, "no loss");
    leaveInterruptedWork();
  };
  step();
  unfinished();
  const before = usage(backend);
  for (let k = 1; k <= 200; k++) {
    step();
    if (k % 20 === 0) unfinished();
  }
  assertEquals(usage(backend), before);
  tf.dispose([first, second]);
  network.dispose();
});

function usage({ arena }: OnednnBackend) {
  return { ...arena.usage, tensors: tf.memory().numTensors };
}

onOnednn("feature maps of a training pass that is over are an error, not other values", () => {
  const network = testNetwork(RESNET8);
  const images = testImages(2, RESNET8, 16);
  let output!: NetworkOutput;
  tf.tidy(() => {
    output = network.forward(images, { training: true });
  });
  assertThrows(() => output.features, Error, "over");
  images.dispose();
  network.dispose();
});
