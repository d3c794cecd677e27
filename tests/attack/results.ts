import * as tf from "@tensorflow/tfjs";
import type { AttackResult } from "../../lib/attack/attack.ts";
import { topClasses } from "../../lib/tensors/rows.ts";

/** Wide enough to be out of the way of attacks on test images. */
export const CLAMP = 10;

export function free(...results: AttackResult[]): void {
  for (const { samples, logits } of results) tf.dispose([samples, logits]);
}

/** The top class of each row. */
export async function topOf(logits: tf.Tensor2D): Promise<Int32Array> {
  return topClasses(await logits.data(), logits.shape[1]);
}
