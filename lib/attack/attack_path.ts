import * as tf from "@tensorflow/tfjs";
import { bssAttack, type BssAttackOptions, bssAttackOptions } from "./bss.ts";
import type { FrozenClassifier } from "../nn/frozen_classifier.ts";
import { resolveOptions } from "../options.ts";

/** One sample on the way of an image to the decision boundary. */
export interface AttackStep {
  /**
   * `[1, h, w, c]`: the image itself, then the sample after each step. The caller frees it once it has
   * the next one.
   */
  readonly sample: tf.Tensor4D;
  /** The attacked classifier's logits on the sample */
  readonly logits: Float32Array;
  /** The gap f_base − f_target of the sample, in logits */
  readonly gap: number;
}

/**
 * Follows the BSS attack on one image and gives each sample as soon as it is made. The attack draws no
 * random numbers, and a step depends only on where it starts, so attacks of one step each go the same
 * way as one attack of many steps.
 *
 * @param image `[1, h, w, c]`
 */
export async function* attackSteps(
  classifier: FrozenClassifier,
  image: tf.Tensor4D,
  baseClass: number,
  targetClass: number,
  options: Partial<BssAttackOptions> = {},
): AsyncGenerator<AttackStep> {
  const { maxSteps, ...settings } = resolveOptions("bss attack", bssAttackOptions, options);
  const classes = { labels: [baseClass], targets: [targetClass] };
  let from = image;
  for (let step = 0; step <= maxSteps; step++) {
    const part = await bssAttack(classifier, from, classes, {
      ...settings,
      maxSteps: Math.min(step, 1),
    });
    const logits = await part.logits.data<"float32">();
    part.logits.dispose();
    if (step > 0 && part.steps[0] === 0) return part.samples.dispose();
    from = part.samples;
    yield { sample: from, logits, gap: logits[baseClass] - logits[targetClass] };
  }
}

/** The way of one image to the decision boundary. */
export interface AttackPath {
  /** `[steps + 1, h, w, c]`: the image itself, then the sample after each step */
  readonly samples: tf.Tensor4D;
  /** The gap f_base − f_target of each sample, in logits */
  readonly gaps: readonly number[];
}

/**
 * Follows the BSS attack on one image, step by step, until it leaves the base class or `maxSteps` have
 * passed.
 *
 * @param image `[1, h, w, c]`, in the units that the classifier takes
 * @returns the path; the caller disposes of its samples
 * @throws UserError as {@linkcode bssAttack} does
 */
export async function attackPath(
  classifier: FrozenClassifier,
  image: tf.Tensor4D,
  baseClass: number,
  targetClass: number,
  options: Partial<BssAttackOptions> = {},
): Promise<AttackPath> {
  const samples: tf.Tensor4D[] = [];
  const gaps: number[] = [];
  try {
    for await (const step of attackSteps(classifier, image, baseClass, targetClass, options)) {
      samples.push(step.sample);
      gaps.push(step.gap);
    }
    return { samples: tf.concat(samples, 0), gaps };
  } finally {
    tf.dispose(samples);
  }
}
