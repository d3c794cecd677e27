import * as tf from "@tensorflow/tfjs";
import type { Pullback } from "./frozen_classifier.ts";
import { gatherRows } from "./gather_rows.ts";

/**
 * The pass over some images of a batch, out of the pass over all of them: nothing is computed again.
 *
 * @param rows which images
 * @returns its `dispose` leaves the pass over all of them as it is
 */
export function restrictPullback(whole: Pullback, rows: ArrayLike<number>): Pullback {
  const index = tf.tensor1d(Int32Array.from(rows), "int32");
  return {
    logits: gatherRows(whole.logits, rows),
    toImages: (dLogits, some) =>
      tf.tidy(() => whole.toImages(dLogits, some ? tf.gather(index, some) : index)),
    dispose: () => index.dispose(),
  };
}
