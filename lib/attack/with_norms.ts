import * as tf from "@tensorflow/tfjs";
import { bssAttackOptions } from "./bss.ts";
import { clampPixels } from "./pixel_space.ts";
import { chooseRows, rowNorms, scaleRows } from "../tensors/rows.ts";

/**
 * The smallest norm of a perturbation that has a direction. A smaller one counts as rounding. So does
 * DeepFool's step from an image that lies on the boundary, nearer than 1e-4.
 */
const SHORTEST = 1e-3;

/**
 * Scales perturbations to given norms and keeps their directions. Pixels are then clamped as those
 * of boundary supporting samples are, which may shorten a perturbation. An image that its attack did
 * not move stays where it is.
 *
 * @param images `[n, h, w, c]`, normalised
 * @param samples of an attack on these images, of the same shape
 * @param norms L2, n of them, before pixels are clamped
 * @returns the new samples
 */
export function withNorms(
  images: tf.Tensor4D,
  samples: tf.Tensor4D,
  norms: Float32Array,
): tf.Tensor4D {
  return tf.tidy(() => {
    const perturbation = tf.sub(samples, images) as tf.Tensor4D;
    const own = rowNorms(perturbation);
    const factors = tf.div(tf.tensor1d(norms), tf.maximum(own, SHORTEST)) as tf.Tensor1D;
    const moved = tf.add(images, scaleRows(perturbation, factors)) as tf.Tensor4D;
    const isMoved = tf.greaterEqual(own, SHORTEST) as tf.Tensor1D;
    return chooseRows(isMoved, clampPixels(moved, bssAttackOptions.clamp.default), images);
  });
}
