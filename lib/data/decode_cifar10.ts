import { checkLabels } from "./check_labels.ts";
import type { ImageSet } from "./dataset.ts";
import { interleavePlanes } from "./interleave_planes.ts";
import { UserError } from "../user_error.ts";

/** Side of the images. */
export const CIFAR10_SIDE = 32;
const PLANE = CIFAR10_SIDE * CIFAR10_SIDE;
const CHANNELS = 3;
const RECORD = 1 + CHANNELS * PLANE;

/**
 * Decodes files of CIFAR-10's binary version: records of a label byte, then the red, green and blue
 * planes of 32×32 pixels (https://www.cs.toronto.edu/~kriz/cifar.html).
 *
 * @param files in the order in which their images are to come
 * @param imagesAFile how many records each must have
 * @returns images `[count, 32, 32, 3]`
 * @throws UserError naming the file that has another size, or a label that is not in 0…9
 */
export function decodeCifar10(
  files: readonly { readonly file: string; readonly bytes: Uint8Array }[],
  imagesAFile: number,
): ImageSet {
  const count = files.length * imagesAFile;
  const images = new Uint8Array(count * CHANNELS * PLANE);
  const labels = new Uint8Array(count);
  for (const [part, { file, bytes }] of files.entries()) {
    checkSize(bytes.length, imagesAFile * RECORD, file);
    const first = part * imagesAFile;
    for (let k = 0; k < imagesAFile; k++) {
      labels[first + k] = bytes[k * RECORD];
      interleavePlanes(bytes, k * RECORD + 1, PLANE, images, (first + k) * CHANNELS * PLANE);
    }
    checkLabels(labels.subarray(first, first + imagesAFile), 10, file);
  }
  return { images, labels, count };
}

function checkSize(actual: number, expected: number, file: string): void {
  if (actual === expected) return;
  const what = actual < expected ? "is truncated" : "is not in CIFAR-10's binary layout";
  throw new UserError(
    `${file} ${what}: it has ${actual} bytes, but should have ${expected}; ` +
      `delete it and get it again`,
  );
}
