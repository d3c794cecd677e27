import * as tf from "@tensorflow/tfjs";
import { distanceAlong } from "./distance_along.ts";
import type { AttackClasses } from "../../attack/attack_input.ts";
import { bssAttack, type BssAttackOptions } from "../../attack/bss.ts";
import { type FrozenClassifier, readLogits } from "../../nn/frozen_classifier.ts";
import { topClasses } from "../../tensors/rows.ts";

/** The boundary supporting sample of an image and a target class on one network. */
export interface BoundaryPoint {
  /** Its pixels, `h·w·c` */
  readonly sample: Float32Array;
  /** True if it reached the target class */
  readonly crossed: boolean;
  /** The L2 norm of its perturbation, in normalised pixels */
  readonly norm: number;
  /**
   * L2 distance from the image to a boundary of its base class along the perturbation, in normalised
   * pixels; null if no other class leads at one, two or four times the norm
   */
  readonly distance: number | null;
  /** The lead of the base class over the target class on the image, in logits */
  readonly gap: number;
  /** The class that the network puts the sample in */
  readonly top: number;
}

/**
 * Attacks images on a network (Heo et al. 2019), and looks for the boundary along the perturbations.
 *
 * @param images `[n, h, w, c]`, normalised
 */
export async function boundaryPoints(
  classifier: FrozenClassifier,
  images: tf.Tensor4D,
  classes: Required<AttackClasses>,
  options: BssAttackOptions,
): Promise<BoundaryPoint[]> {
  const { samples, logits, success, norms } = await bssAttack(classifier, images, classes, options);
  const perturbations = tf.sub(samples, images) as tf.Tensor4D;
  try {
    const { labels, targets } = classes;
    const distances = await distanceAlong(classifier, images, perturbations, norms, labels);
    const pixels = await samples.data<"float32">();
    const size = samples.size / norms.length;
    const top = topClasses(await logits.data(), classifier.classes);
    const onImages = await readLogits(classifier, () => images);
    const logitOf = (i: number, k: number) => onImages[i * classifier.classes + k];
    return Array.from(norms, (norm, i) => ({
      sample: pixels.slice(i * size, (i + 1) * size),
      crossed: success[i],
      norm,
      distance: distances[i],
      gap: logitOf(i, labels[i]) - logitOf(i, targets[i]),
      top: top[i],
    }));
  } finally {
    tf.dispose([samples, logits, perturbations]);
  }
}
