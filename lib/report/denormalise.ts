import type { Dataset } from "../data/dataset.ts";

/** Normalised pixels → 0…255 for display, in the same order; values beyond are cut off. */
export function denormalise(
  pixels: ArrayLike<number>,
  { mean, std, channels }: Pick<Dataset, "mean" | "std" | "channels">,
): Uint8ClampedArray {
  return Uint8ClampedArray.from(
    pixels,
    (value, i) => 255 * (value * std[i % channels] + mean[i % channels]),
  );
}
