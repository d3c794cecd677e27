import type * as tf from "@tensorflow/tfjs";
import { UserError } from "../user_error.ts";

/**
 * Reads the logits of a classifier under attack.
 *
 * @returns row-major
 * @throws UserError if one is not finite: an attack would go on from there without a direction
 */
export async function finiteLogits(logits: tf.Tensor2D): Promise<Float32Array> {
  const values = await logits.data() as Float32Array;
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return values;
  throw new UserError(
    `the classifier under attack gives logits that are not finite (${values[bad]}); ` +
      `its weights or the images are damaged`,
  );
}
