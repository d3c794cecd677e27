import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../lib/backend/start_backend.ts";

/**
 * Runs a test on a backend.
 *
 * @throws Error if the test leaves tensors behind
 */
export async function withoutLeaks(
  backend: string,
  run: () => Promise<void> | void,
): Promise<void> {
  await startBackend(backend);
  const before = tf.memory().numTensors;
  await run();
  const left = tf.memory().numTensors - before;
  if (left !== 0) throw new Error(`${left} tensors were left behind`);
}
