import * as tf from "@tensorflow/tfjs";
import type { AttackResult } from "../../lib/attack/attack.ts";
import { topClasses } from "../../lib/tensors/rows.ts";

/** Bounds that no attack on test images reaches */
export const CLAMP = 10;

export function free(...results: AttackResult[]): void {
  for (const { samples, logits } of results) tf.dispose([samples, logits]);
}

/** Finds the top class of each row. */
export async function topOf(logits: tf.Tensor2D): Promise<Int32Array> {
  return topClasses(await logits.data(), logits.shape[1]);
}
