import * as tf from "@tensorflow/tfjs";
import { uniformNumbers } from "../numbers.ts";

/** Makes feature maps of two images, `[2, height, width, channels]`, the same for the same seed. */
export function featureMap(
  seed: string,
  [height, width, channels]: [height: number, width: number, channels: number],
): tf.Tensor4D {
  const values = uniformNumbers(2 * height * width * channels, seed);
  return tf.tensor4d(values, [2, height, width, channels]);
}
