import { assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { attacks } from "../../lib/attack/attacks.ts";
import { methods } from "../../lib/distillation/methods.ts";
import { startBackend } from "../../lib/backend/start_backend.ts";
import { weightedSum } from "../finite_differences.ts";
import { testClassifier, testImages } from "../networks.ts";
import { outcomeOf } from "../training/outcome_of.ts";
import { smallSpecification } from "../training/small_run.ts";
import { inputsOf, operations } from "./operations.ts";

/** Kernels with a test of their own on every backend, and where. */
const TESTED_ELSEWHERE = [
  // convolution_test.ts
  ...["Conv2D", "Conv2DBackpropFilter", "Conv2DBackpropInput"],
  // kernels_test.ts
  ...["GatherV2", "UnsortedSegmentSum", "Slice"],
  // nn/batch_norm_test.ts
  ...["BatchNormTraining", "BatchNormTrainingGrad"],
  // nn/resnet_test.ts: of frozen networks
  "FusedConv2D",
  // Of wasm alone, in its gradient of a convolution: convolution_test.ts
  ...["DepthwiseConv2dNative", "FusedDepthwiseConv2D"],
];

/** No kernel computes here: data keep their place, or come from TypeScript. */
const NOTHING_TO_COMPUTE = ["Identity", "Reshape"];

/** Options of attacks that would take long. */
const SHORT: Readonly<Record<string, Record<string, unknown>>> = {
  deepfool: { maxSteps: 3 },
  "carlini-wagner": { searchSteps: 2, maxSteps: 3 },
  apgd: { maxSteps: 4 },
};

/** The kernels that something runs, without what TypeScript composes of them. */
async function kernelsOf(work: () => Promise<void> | void): Promise<string[]> {
  const { kernelNames } = await tf.profile(async () => {
    await work();
    return tf.scalar(0);
  });
  return kernelNames.filter((name) => tf.getKernel(name, tf.getBackend()));
}

Deno.test("each kernel that an attack or a method uses has a test on every backend", async () => {
  await startBackend("wasm");
  const tested = await kernelsOf(() => {
    for (const operation of operations) {
      tf.tidy(() => {
        const inputs = inputsOf(operation);
        operation.run(...inputs);
        if (operation.smooth ?? true) {
          tf.grads((...xs) => weightedSum(operation.run(...xs)))(inputs);
        }
      });
    }
  });
  const used = await kernelsOf(async () => {
    for (const { name } of methods) {
      await outcomeOf(smallSpecification(name, { epochs: 1 }), "wasm");
    }
    const classifier = testClassifier();
    const images = testImages(2);
    for (const attack of attacks) {
      const options = SHORT[attack.shortName] ?? {};
      const { samples, logits } = await attack(classifier, images, { labels: [0, 1] }, options);
      tf.dispose([samples, logits]);
    }
    images.dispose();
    classifier.dispose();
  });
  const known = new Set([...tested, ...TESTED_ELSEWHERE, ...NOTHING_TO_COMPUTE]);
  assertEquals([...new Set(used)].filter((kernel) => !known.has(kernel)).sort(), []);
});
