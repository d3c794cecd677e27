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

/** Kernels with their own tests on every backend, and the files of these tests. */
const TESTED_ELSEWHERE = [
  // convolution_test.ts
  "Conv2D",
  "Conv2DBackpropFilter",
  "Conv2DBackpropInput",
  // kernels_test.ts
  "GatherV2",
  "UnsortedSegmentSum",
  "Slice",
  // nn/batch_norm_test.ts
  "BatchNormTraining",
  "BatchNormTrainingGrad",
  // nn/resnet_test.ts, in frozen networks
  "FusedConv2D",
  // convolution_test.ts, in the gradient of a convolution on wasm
  "DepthwiseConv2dNative",
  "FusedDepthwiseConv2D",
];

/** Kernels that compute nothing. */
const NOTHING_TO_COMPUTE = ["Identity", "Reshape"];

/** Options that shorten slow attacks. */
const SHORT: Readonly<Record<string, Record<string, unknown>>> = {
  deepfool: { maxSteps: 3 },
  "carlini-wagner": { searchSteps: 2, maxSteps: 3 },
  apgd: { maxSteps: 4 },
  fab: { maxSteps: 3, candidates: 2 },
  square: { maxSteps: 4 },
};

/** Lists the kernels that some work runs, without the operations composed of them. */
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
      const options = { clamp: 9, ...SHORT[attack.shortName] };
      const { samples, logits } = await attack(classifier, images, { labels: [0, 1] }, options);
      tf.dispose([samples, logits]);
    }
    images.dispose();
    classifier.dispose();
  });
  const known = new Set([...tested, ...TESTED_ELSEWHERE, ...NOTHING_TO_COMPUTE]);
  assertEquals(
    [...new Set(used)].filter((kernel) => !known.has(kernel)).sort(),
    [],
    "add an operation that runs these kernels to tests/backend/operations.ts",
  );
});
