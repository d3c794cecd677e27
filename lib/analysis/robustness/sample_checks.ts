/**
 * The checks of an attack's samples. Each returns the fault as the end of a sentence, or null. A
 * fault is an error of the attack or of the classifier, and no accuracy is valid with it.
 */
import { NORM_NAMES } from "./budget.ts";
import type { Norm } from "../../attack/ball.ts";

/** The tolerance: above the rounding of float32, and far below a step of 8-bit pixels. */
const TOLERANCE = 1e-6;

/** The tolerance of a distance, relative to the radius: a sum in float32 over all pixels rounds. */
const ROUNDED = 1e-5;

/** Checks whether a number is NaN or infinite. */
export function finiteCheck(values: ArrayLike<number>, what: string): string | null {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) return `gives ${what} that are not finite (${values[i]})`;
  }
  return null;
}

/** Checks whether a pixel lies outside of 0…1. */
export function pixelBoxCheck(samples: ArrayLike<number>): string | null {
  for (let i = 0; i < samples.length; i++) {
    const beyond = Math.max(-samples[i], samples[i] - 1);
    if (beyond > TOLERANCE) return `gives a pixel of ${samples[i]}, outside of 0…1`;
  }
  return null;
}

/**
 * Checks whether a sample is farther than the radius from its image.
 *
 * @param radius in the units of the pixels
 */
export function ballCheck(
  samples: ArrayLike<number>,
  images: ArrayLike<number>,
  count: number,
  { norm, radius }: { readonly norm: Norm; readonly radius: number },
): string | null {
  const size = samples.length / count;
  for (let row = 0; row < count; row++) {
    let [largest, squares] = [0, 0];
    for (let i = row * size; i < (row + 1) * size; i++) {
      const moved = Math.abs(samples[i] - images[i]);
      largest = Math.max(largest, moved);
      squares += moved ** 2;
    }
    const distance = norm === "linf" ? largest : Math.sqrt(squares);
    if (distance > radius * (1 + ROUNDED) + TOLERANCE) {
      return `moves an image by ${distance.toPrecision(8)} in ${NORM_NAMES[norm]}, ` +
        `farther than ${radius.toPrecision(8)}`;
    }
  }
  return null;
}
