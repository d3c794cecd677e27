import * as tf from "@tensorflow/tfjs";
import { backends } from "./backends.ts";

/** True if kernels of the current backend return before their work is done. */
export function queuesWork(): boolean {
  return currentBackend()?.finish !== undefined;
}

/**
 * Waits until the current backend has finished all its work. A time taken on a GPU without this
 * wait measures only how long it took to queue the work.
 */
export async function finishWork(): Promise<void> {
  await currentBackend()?.finish?.();
}

function currentBackend() {
  return backends.find(({ name }) => name === tf.getBackend());
}
