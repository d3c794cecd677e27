import * as tf from "@tensorflow/tfjs";
import { sideBySide } from "./run_missing.ts";
import type { PlannedRun } from "./run_plan.ts";
import type { Backend } from "../lib/backend/backend.ts";
import { initialiseResNet } from "../lib/nn/initialise.ts";
import { freeze } from "../lib/nn/freeze.ts";
import { forwardFlops } from "../lib/training/cost.ts";

/** Estimated times in seconds. */
export interface Estimate {
  readonly runs: readonly number[];
  readonly total: number;
  readonly sideBySide: number;
}

/** Training does more than convolutions: about so much slower an operation than a forward pass. */
const TRAINING_FACTOR = 1.6;

/**
 * Estimates the time of runs from their floating-point operations and the speed of this machine,
 * measured on forward passes of a ResNet14. Expect it to be off by a factor of up to two.
 */
export async function estimateSeconds(
  runs: readonly PlannedRun[],
  backend: Backend,
  threads: number,
): Promise<Estimate> {
  const rate = await forwardRate();
  const seconds = runs.map(({ flops }) => TRAINING_FACTOR * flops / rate);
  const atOnce = Math.min(sideBySide(backend, threads), runs.length);
  const sum = seconds.reduce((total, value) => total + value, 0);
  return { runs: seconds, total: Math.max(sum / atOnce, ...seconds), sideBySide: atOnce };
}

/** Floating-point operations a second. */
async function forwardRate(): Promise<number> {
  const architecture = { depth: 14, channels: 3, classes: 10 };
  const network = initialiseResNet(architecture, () => 0.5);
  const frozen = freeze(network);
  const images = tf.zeros([64, 32, 32, 3]) as tf.Tensor4D;
  const once = async () => {
    const start = performance.now();
    const logits = frozen.logits(images);
    await logits.data();
    logits.dispose();
    return (performance.now() - start) / 1000;
  };
  await once();
  const seconds = Math.min(await once(), await once());
  tf.dispose(images);
  frozen.dispose();
  network.dispose();
  return 64 * forwardFlops("resnet14") / seconds;
}
