import * as tf from "@tensorflow/tfjs";
import { backends } from "./backends.ts";

/** Whether kernels of the current backend return before their work is done. */
export function queuesWork(): boolean {
  return currentBackend()?.finish !== undefined;
}

/**
 * Waits until the current backend has done all that it was given: a time that is taken without it says,
 * on a GPU, only how long the work took to describe.
 */
export async function finishWork(): Promise<void> {
  await currentBackend()?.finish?.();
}

function currentBackend() {
  return backends.find(({ name }) => name === tf.getBackend());
}
