import * as tf from "@tensorflow/tfjs";
import { defineAttack } from "./attack.ts";
import { imageStreams, randomDirections } from "./ball.ts";
import { bssAttack, bssAttackOptions } from "./bss.ts";
import { scaleRows } from "../tensors/rows.ts";
import { walk } from "./walk.ts";
import { boundsOf, number, oneOf } from "../options.ts";

/**
 * Gaussian noise, brought to a norm: that of the boundary supporting sample of the same image, so
 * that only the direction tells the two apart, or a given one. No step is taken.
 */
export const noiseAttack = defineAttack({
  shortName: "noise",
  summary: "Gaussian noise with the norm of the boundary supporting sample, or a given one",
  options: {
    /** Where the norm is from: "bss" attacks the image to find it, "given" takes `norm`. */
    length: oneOf("bss", ["bss", "given"]),
    /** L2, in the units of the images, before pixels are clamped. */
    norm: number(1, { min: 0 }),
    /** Those of the boundary supporting samples; `clamp` bounds the noisy pixels too. */
    ...bssAttackOptions,
  },
  units: "normalised",
  targeted: true,
  passes: (options) => options.length === "bss" ? bssAttack.passes(options) + 1 : 1,
  async run(classifier, images, classes, { length, norm, ...options }, context) {
    const norms = length === "given" ? new Float32Array(images.shape[0]).fill(norm) : await ofBss();
    const streams = imageStreams(images.shape[0], context.random);
    const samples = tf.tidy(() => {
      const noise = scaleRows(randomDirections(images.shape, streams), tf.tensor1d(norms));
      return tf.clipByValue(tf.add(images, noise), ...boundsOf(options.clamp)) as tf.Tensor4D;
    });
    return await walk(classifier, {
      start: { x: samples },
      maxSteps: 0,
      arrived: () => [],
      stride: ({ state }) => state,
    });

    async function ofBss(): Promise<Float32Array> {
      const bss = await bssAttack(classifier, images, classes, options, context);
      tf.dispose([bss.samples, bss.logits]);
      return bss.norms;
    }
  },
});
