import * as tf from "@tensorflow/tfjs";
import { bssAttack, type BssAttackOptions } from "./bss.ts";
import type { FrozenClassifier } from "../nn/frozen_classifier.ts";

/** The way of one image to the decision boundary. */
export interface AttackPath {
  /** `[steps + 1, h, w, c]`: the image itself, then the sample after each step */
  readonly samples: tf.Tensor4D;
  /** The gap f_base − f_target of each sample, in logits */
  readonly gaps: readonly number[];
}

/**
 * Follows the BSS attack on one image step by step. The attack draws no random numbers, so attacks of
 * at most 0, 1, 2, … steps are the beginnings of one path.
 *
 * @param image `[1, h, w, c]`
 */
export async function attackPath(
  classifier: FrozenClassifier,
  image: tf.Tensor4D,
  baseClass: number,
  targetClass: number,
  options: Partial<BssAttackOptions> = {},
): Promise<AttackPath> {
  const classes = { labels: [baseClass], targets: [targetClass] };
  const whole = await bssAttack(classifier, image, classes, options);
  tf.dispose([whole.samples, whole.logits]);
  const samples: tf.Tensor4D[] = [];
  const gaps: number[] = [];
  for (let maxSteps = 0; maxSteps <= whole.steps[0]; maxSteps++) {
    const part = await bssAttack(classifier, image, classes, { ...options, maxSteps });
    const logits = await part.logits.data();
    gaps.push(logits[baseClass] - logits[targetClass]);
    samples.push(part.samples);
    part.logits.dispose();
  }
  const path = tf.concat(samples, 0);
  tf.dispose(samples);
  return { samples: path, gaps };
}
