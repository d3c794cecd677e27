import * as tf from "@tensorflow/tfjs";
import { steepest } from "../../attack/ball.ts";
import { scaleRows } from "../../attack/row_norms.ts";
import type { FrozenClassifier } from "../../nn/frozen_classifier.ts";
import { topClasses } from "../../selection/probabilities.ts";

/** Looks so many times as far as asked to, doubling, before it gives up. */
const DOUBLINGS = 2;

/** Halvings of the interval in which the boundary lies: to 1/4096 of it. */
const BISECTIONS = 12;

/**
 * How far each image is from the boundary of its base class along a direction: where, going along it,
 * another class takes the lead. Of several such places it gives one.
 *
 * @param images `[n, h, w, c]`
 * @param directions perturbations, of any length, in the units of the images
 * @param reach how far the boundary is expected, one an image, in the same units
 * @param base the class that each image is in
 * @returns L2 distances in the units of the images; null where no other class leads at `reach`, nor
 *   at twice or four times that, or where the direction is zero
 */
export async function distanceAlong(
  classifier: FrozenClassifier,
  images: tf.Tensor4D,
  directions: tf.Tensor4D,
  reach: ArrayLike<number>,
  base: ArrayLike<number>,
): Promise<(number | null)[]> {
  const count = images.shape[0];
  if (count === 0) return [];
  const units = steepest(directions, "l2");
  const isBeyond = async (distances: Float64Array): Promise<boolean[]> => {
    const logits = tf.tidy(() =>
      classifier.logits(
        tf.add(images, scaleRows(units, tf.tensor1d(Float32Array.from(distances)))),
      )
    );
    const top = topClasses(await logits.data(), classifier.classes);
    logits.dispose();
    return Array.from(top, (k, i) => k !== base[i]);
  };

  const near = new Float64Array(count);
  const far = Float64Array.from({ length: count }, (_, i) => reach[i]);
  let crossed = await isBeyond(far);
  for (let k = 0; k < DOUBLINGS; k++) {
    crossed.forEach((beyond, i) => {
      if (beyond) return;
      near[i] = far[i];
      far[i] *= 2;
    });
    const now = await isBeyond(far);
    crossed = crossed.map((beyond, i) => beyond || now[i]);
  }
  for (let k = 0; k < BISECTIONS; k++) {
    const middle = near.map((distance, i) => (distance + far[i]) / 2);
    (await isBeyond(middle)).forEach((beyond, i) => (beyond ? far : near)[i] = middle[i]);
  }
  units.dispose();
  return crossed.map((beyond, i) => beyond && far[i] > 0 ? (near[i] + far[i]) / 2 : null);
}
