import type * as tf from "@tensorflow/tfjs";
import { gatherRows } from "../../tensors/rows.ts";
import { type FrozenClassifier, readLogits } from "../../nn/frozen_classifier.ts";
import { UserError } from "../../user_error.ts";
import { finiteCheck } from "./sample_checks.ts";

/**
 * Computes the classifier's logits on some of the images and reads them.
 *
 * @param rows the indices of the images
 * @throws UserError if the logits are not finite
 */
export async function cleanLogits(
  classifier: FrozenClassifier,
  images: tf.Tensor4D,
  rows: readonly number[],
): Promise<Float32Array> {
  const values = await readLogits(classifier, () => gatherRows(images, rows));
  const wrong = finiteCheck(values, "logits");
  if (wrong !== null) throw new UserError(`the classifier ${wrong} on images without any attack`);
  return values;
}
