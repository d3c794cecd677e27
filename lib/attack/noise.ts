import * as tf from "@tensorflow/tfjs";
import { defineAttack } from "./attack.ts";
import { imageStreams, randomDirections } from "./ball.ts";
import { bssAttack, type BssAttackOptions, bssAttackOptions } from "./bss.ts";
import { clampPixels } from "./pixel_space.ts";
import { chooseRows, scaleRows } from "../tensors/rows.ts";
import { walk } from "./walk.ts";
import { number, oneOf } from "../options.ts";

/**
 * Adds Gaussian noise with a given norm, or with the norm of the perturbation that makes the image's
 * boundary supporting sample. Noise and sample then differ in direction, and in length only through the
 * clamp. It takes no step.
 */
export const noiseAttack = defineAttack({
  shortName: "noise",
  summary: "Gaussian noise with the norm of the boundary supporting sample, or a given one",
  options: {
    /**
     * The source of the norm: "bss" attacks the image to find it, "given" takes `norm`. The method's
     * option of this name is another one, for attacks that have a length of their own.
     */
    length: oneOf("bss", ["bss", "given"]),
    /** The given L2 norm, in the units of the images, before pixels are clamped */
    norm: number(1, { min: 0 }),
    /** The options of the boundary supporting samples; `clamp` bounds the noisy pixels too. */
    ...bssAttackOptions,
  },
  units: "normalised",
  targeted: true,
  passes: (options) => options.length === "bss" ? bssAttack.passes(options) + 1 : 1,
  async run(classifier, images, classes, { length, norm, ...options }, context) {
    let norms: Float32Array = new Float32Array(images.shape[0]).fill(norm);
    if (length === "bss") {
      const bss = await bssAttack(classifier, images, classes, options, context);
      tf.dispose([bss.samples, bss.logits]);
      norms = bss.norms;
    }
    const streams = imageStreams(images.shape[0], context.random);
    const samples = withNoise(images, norms, streams, options.clamp);
    // A walk of no steps gives the logits.
    return await walk(classifier, {
      start: { x: samples },
      maxSteps: 0,
      arrived: () => [],
      stride: ({ state }) => state,
    });
  },
});

/**
 * Adds Gaussian noise, and clamps the pixels of the images that it moves.
 *
 * @param images `[n, h, w, c]`
 * @param norms the noise's L2 norms, n of them, before pixels are clamped
 * @param streams of random numbers in [0, 1), one for each image
 */
export function withNoise(
  images: tf.Tensor4D,
  norms: Float32Array,
  streams: readonly (() => number)[],
  clamp: BssAttackOptions["clamp"],
): tf.Tensor4D {
  return tf.tidy(() => {
    const noise = scaleRows(randomDirections(images.shape, streams), tf.tensor1d(norms));
    const noisy = clampPixels(tf.add(images, noise) as tf.Tensor4D, clamp);
    // As in the attack on the boundary, only images that move are clamped.
    return chooseRows(tf.greater(norms, 0) as tf.Tensor1D, noisy, images);
  });
}
