import * as tf from "@tensorflow/tfjs";
import type { OnednnBackend } from "../../../lib/backend/onednn/onednn_backend.ts";
import { startBackend } from "../../../lib/backend/start_backend.ts";

const reason = await startBackend("onednn").then(() => null, (error: Error) => error.message);

/** Registers a test of what only the backend onednn has; skipped, with the reason, where it is not. */
export function onOnednn(
  name: string,
  run: (backend: OnednnBackend) => Promise<void> | void,
): void {
  const skipped = reason === null ? "" : ` (skipped: ${reason.split("\n").at(-1)})`;
  Deno.test({
    name: name + skipped,
    ignore: reason !== null,
    async fn() {
      await startBackend("onednn");
      const backend = tf.backend() as OnednnBackend;
      const before = tf.memory().numTensors;
      await run(backend);
      const left = tf.memory().numTensors - before;
      if (left !== 0) throw new Error(`${left} tensors were left behind`);
    },
  });
}
