import * as tf from "@tensorflow/tfjs";
import { steepest } from "../../attack/ball.ts";
import { type FrozenClassifier, readLogits } from "../../nn/frozen_classifier.ts";
import { scaleRows, topClasses } from "../../tensors/rows.ts";

/** The number of times that the search doubles its reach before it gives up. */
const DOUBLINGS = 2;

/** The number of halvings of the interval around the boundary: to 1/4096 of it. */
const BISECTIONS = 12;

/**
 * Measures the distance of each image from the boundary of its base class along a direction. The
 * boundary is a place where another class takes the lead. If there are several, the function finds
 * one of them.
 *
 * @param images `[n, h, w, c]`
 * @param directions perturbations of any length, in the units of the images
 * @param reach the expected distance of each image, in the same units
 * @param base the class of each image
 * @returns L2 distances in the units of the images; null if no other class leads at one, two or
 *   four times `reach`, or if the direction is zero
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
    const logits = await readLogits(
      classifier,
      () => tf.add(images, scaleRows(units, tf.tensor1d(Float32Array.from(distances)))),
    );
    return Array.from(topClasses(logits, classifier.classes), (k, i) => k !== base[i]);
  };

  const near = new Float64Array(count);
  const far = Float64Array.from({ length: count }, (_, i) => reach[i]);
  let crossed = await isBeyond(far);
  for (let k = 0; k < DOUBLINGS && !crossed.every(Boolean); k++) {
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
