import * as tf from "@tensorflow/tfjs";
import type { Attack, AttackResult } from "./attack.ts";
import type { AttackClasses, AttackContext } from "./attack_input.ts";
import { rowNorms } from "../tensors/rows.ts";
import type { FrozenClassifier, Pullback } from "../nn/frozen_classifier.ts";
import { boundsOf, type ChannelBounds, type PixelBounds } from "../options.ts";
import { UserError } from "../user_error.ts";

/** Mean and standard deviation of each channel, of pixels in 0…1: normalised = (pixel − mean)/std. */
export interface Normalisation {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** Gives the bounds of pixels 0…1, in normalised pixels. */
export function pixelBox({ mean, std }: Normalisation): ChannelBounds {
  const normalised = (pixel: number) =>
    mean.map((centre, channel) => (pixel - centre) / std[channel]);
  return [normalised(0), normalised(1)];
}

/**
 * Clamps pixels to bounds, which may differ by channel.
 *
 * @param images `[n, h, w, c]`
 * @throws UserError if the bounds are for another number of channels
 */
export function clampPixels(
  images: tf.Tensor4D,
  clamp: number | PixelBounds | ChannelBounds,
): tf.Tensor4D {
  if (typeof clamp === "number" || typeof clamp[0] === "number") {
    return tf.clipByValue(images, ...boundsOf(clamp as number | PixelBounds)) as tf.Tensor4D;
  }
  const [low, high] = clamp as ChannelBounds;
  const channels = images.shape[3];
  if (low.length !== channels) {
    throw new UserError(
      `option "clamp" has bounds for ${low.length} channels, but the images have ${channels}; give ` +
        `one bound a channel`,
    );
  }
  return tf.tidy(() =>
    tf.minimum(tf.maximum(images, tf.tensor1d([...low])), tf.tensor1d([...high])) as tf.Tensor4D
  );
}

/** Turns normalised images, `[n, h, w, c]`, into pixels in 0…1. */
export function toPixels(images: tf.Tensor4D, { mean, std }: Normalisation): tf.Tensor4D {
  return tf.tidy(() => tf.add(tf.mul(images, tf.tensor1d([...std])), tf.tensor1d([...mean])));
}

/** Normalises pixels in 0…1, `[n, h, w, c]`. */
export function toNormalised(pixels: tf.Tensor4D, { mean, std }: Normalisation): tf.Tensor4D {
  return tf.tidy(() => tf.div(tf.sub(pixels, tf.tensor1d([...mean])), tf.tensor1d([...std])));
}

/**
 * Makes a classifier of pixels in 0…1 from a classifier of normalised images, for attacks on pixels.
 *
 * @param classifier the caller disposes of it
 */
export function pixelClassifier(
  classifier: FrozenClassifier,
  normalisation: Normalisation,
): FrozenClassifier {
  return {
    classes: classifier.classes,
    logits: (pixels) => tf.tidy(() => classifier.logits(toNormalised(pixels, normalisation))),
    pullback(pixels) {
      const images = toNormalised(pixels, normalisation);
      try {
        return pixelPullback(classifier.pullback(images), normalisation);
      } finally {
        images.dispose();
      }
    },
    dispose() {},
  };
}

/** Makes a pass over pixels from a pass over the normalised images. */
function pixelPullback(pass: Pullback, { std }: Normalisation): Pullback {
  return {
    logits: pass.logits,
    toImages: (dLogits, rows) =>
      tf.tidy(() => tf.div(pass.toImages(dLogits, rows), tf.tensor1d([...std]))),
    dispose: () => pass.dispose(),
  };
}

/**
 * Runs an attack on normalised images, whatever its units are.
 *
 * Pixel attacks ignore `start`: a pass over pixels differs from it by rounding, and results must not
 * depend on whether it was given.
 *
 * @param options in the attack's own units: of a pixel attack, ε and `clamp` in pixels 0…1
 * @returns samples and norms in the units of normalised images; the caller disposes of the tensors
 * @throws UserError as the attack does
 */
export async function attackNormalised(
  attack: Attack,
  normalisation: Normalisation,
  classifier: FrozenClassifier,
  images: tf.Tensor4D,
  classes: AttackClasses,
  options: Readonly<Record<string, unknown>>,
  context: AttackContext = {},
): Promise<AttackResult> {
  if (typeof attack !== "function" || normalisation?.std === undefined) {
    throw new UserError(
      "attackNormalised takes attack, data set, classifier, images and classes, in this order; " +
        'the attack is one as attackNamed("pgd")',
    );
  }
  if (attack.units === "normalised") {
    return await attack(classifier, images, classes, options, context);
  }
  const pixels = toPixels(images, normalisation);
  const { clamp } = attack.options;
  const result = await attack(
    pixelClassifier(classifier, normalisation),
    pixels,
    classes,
    // With `clamp` given, images a little outside, as points of a plane, are clamped and not refused.
    { ...options, ...(clamp && { clamp: options.clamp ?? clamp.default }) },
    { ...context, start: undefined },
  ).finally(() => pixels.dispose());
  const samples = toNormalised(result.samples, normalisation);
  const distances = tf.tidy(() => rowNorms(tf.sub(samples, images) as tf.Tensor4D));
  const norms = await distances.data() as Float32Array;
  tf.dispose([result.samples, distances]);
  return { ...result, samples, norms };
}
