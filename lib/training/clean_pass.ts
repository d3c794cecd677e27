import * as tf from "@tensorflow/tfjs";
import type { CleanPass } from "../distillation/method.ts";
import type { FrozenClassifier } from "../nn/frozen_classifier.ts";
import type { MiniBatch } from "./make_batch.ts";
import type { TeacherLogitCache } from "./teacher_logit_cache.ts";

/**
 * The teacher's output for a mini-batch: from the cache if that has all of it, else computed, and kept
 * there. A part is never computed for itself, since it might be rounded otherwise than in the whole.
 *
 * @param onLogits is told whether they came from the cache
 */
export async function cleanPass(
  teacher: FrozenClassifier,
  { images, imageNumbers }: Pick<MiniBatch, "images" | "imageNumbers">,
  cache: TeacherLogitCache | null,
  onLogits: (cached: boolean) => void,
  { pullback }: { readonly pullback: boolean },
): Promise<CleanPass> {
  const kept = cache?.read(imageNumbers) ?? null;
  onLogits(kept !== null);
  if (kept) {
    const logits = tf.tensor2d(kept, [imageNumbers.length, teacher.classes]);
    return { logits, pullback: null, dispose: () => logits.dispose() };
  }
  const pass = pullback ? teacher.pullback(images) : null;
  const logits = pass?.logits ?? teacher.logits(images);
  cache?.store(imageNumbers, await logits.data<"float32">());
  return {
    logits,
    pullback: pass,
    dispose: () => {
      pass?.dispose();
      logits.dispose();
    },
  };
}
