import * as tf from "@tensorflow/tfjs";
import {
  apgdEnsemble,
  fgsm,
  pgd,
  type RobustnessAttack,
  type RobustnessStage,
} from "../../../lib/analysis/robustness/robustness_attack.ts";
import type { FrozenClassifier } from "../../../lib/nn/frozen_classifier.ts";
import { topClasses } from "../../../lib/tensors/rows.ts";
import { uniformNumbers } from "../../numbers.ts";

/** The library's attacks with fewer steps. */
export const QUICK = [fgsm, pgd(12), apgdEnsemble({ maxSteps: 12, candidates: 2 })];

/** Makes an attack of one stage. */
export function attackOf(run: RobustnessStage["run"], name = "own"): RobustnessAttack {
  return { name, stages: [{ name, run }] };
}

/** Makes images `[count, side, side, 1]` with pixels in 0.2…0.8. */
export function greyImages(count: number, side = 2): tf.Tensor4D {
  const pixels = uniformNumbers(count * side * side, "grey").map((value) => 0.5 + 0.3 * value);
  return tf.tensor4d(pixels, [count, side, side, 1]);
}

/** Labels images by the classifier itself, so that it classifies all of them correctly. */
export async function ownLabels(
  classifier: FrozenClassifier,
  images: tf.Tensor4D,
): Promise<Int32Array> {
  const logits = classifier.logits(images);
  const labels = topClasses(await logits.data(), classifier.classes);
  logits.dispose();
  return labels;
}
