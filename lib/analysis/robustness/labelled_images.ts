import * as tf from "@tensorflow/tfjs";
import { checkClasses } from "../../attack/attack_input.ts";
import type { Dataset, ImageSet } from "../../data/dataset.ts";
import { UserError } from "../../user_error.ts";
import { finiteCheck, pixelBoxCheck } from "./sample_checks.ts";

/** Images with their classes. */
export interface LabelledImages {
  /** `[n, height, width, channel]`, pixels in 0…1. */
  readonly images: tf.Tensor4D;
  /** The n class indices. */
  readonly labels: ArrayLike<number>;
}

/** Converts a set's images to pixels in 0…1; the caller disposes of the tensor. */
export function labelledPixels(
  { height, width, channels }: Pick<Dataset, "height" | "width" | "channels">,
  { images, labels, count }: ImageSet,
): LabelledImages {
  const pixels = Float32Array.from(images, (byte) => byte / 255);
  return { images: tf.tensor4d(pixels, [count, height, width, channels]), labels };
}

/** @throws UserError if labels do not fit the images or the classes, or if pixels are not in 0…1 */
export async function checkLabelledImages(
  { images, labels }: LabelledImages,
  classes: number,
): Promise<void> {
  checkClasses(images.shape[0], classes, { labels });
  const pixels = await images.data();
  const wrong = finiteCheck(pixels, "pixels") ?? pixelBoxCheck(pixels);
  if (wrong === null) return;
  throw new UserError(
    `the set of images ${wrong}; give pixels in 0…1, and \`pixelClassifier\` for a classifier that ` +
      "takes normalised ones",
  );
}
