import type { Dataset, DatasetDescription, ImageSet } from "./dataset.ts";

/** Width of the border of zeros around an image before it is cropped to its original size. */
const PADDING = 4;

/** Number of starts of a crop in each direction. */
const PLACES = 2 * PADDING + 1;

/** Number of ways to augment an image. */
export const AUGMENTATIONS = 2 * PLACES ** 2;

/** Each image's start of its crop, 0 … 8 in the padded image, and whether it is flipped. */
export interface AugmentationChoices {
  readonly top: Uint8Array;
  readonly left: Uint8Array;
  /** 0 or 1 */
  readonly flip: Uint8Array;
}

/**
 * Draws three numbers for each image, in the order top, left, flip. The number of draws never
 * varies, so that a random stream stays in step with the images.
 *
 * @param random numbers in [0, 1)
 * @param hasFlips false leaves all images unmirrored, with as many numbers
 */
export function drawAugmentation(
  count: number,
  random: () => number,
  hasFlips = true,
): AugmentationChoices {
  const top = new Uint8Array(count);
  const left = new Uint8Array(count);
  const flip = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    top[i] = Math.floor(random() * PLACES);
    left[i] = Math.floor(random() * PLACES);
    flip[i] = random() < 0.5 && hasFlips ? 1 : 0;
  }
  return { top, left, flip };
}

/**
 * Numbers the augmented images of a batch. The same image and choices always have the same number.
 * Numbers are below `AUGMENTATIONS` times the number of images in the set.
 *
 * @param indices indices of the images in the set
 */
export function augmentedImageNumbers(
  indices: ArrayLike<number>,
  { top, left, flip }: AugmentationChoices,
): Float64Array {
  return Float64Array.from(
    indices,
    (index, i) => AUGMENTATIONS * index + 2 * (PLACES * top[i] + left[i]) + flip[i],
  );
}

/**
 * Augments images as the paper does, for images of any size: a random crop after padding with 4
 * zero pixels and a horizontal flip, both on 8-bit pixels (so the zeros are black), then
 * normalisation by the data set's mean and std. The result depends only on the image and the
 * choices, so that a frozen teacher's outputs can be cached by these.
 *
 * @param indices indices of the images in the set
 * @returns `[indices.length, height, width, channel]`
 */
export function augmentBatch(
  dataset: Dataset,
  { images }: ImageSet,
  indices: ArrayLike<number>,
  { top, left, flip }: AugmentationChoices,
): Float32Array {
  const { height, width, channels } = dataset;
  const table = normalisationTable(dataset);
  const size = height * width * channels;
  const batch = new Float32Array(indices.length * size);
  for (let i = 0; i < indices.length; i++) {
    const image = images.subarray(indices[i] * size, (indices[i] + 1) * size);
    const target = batch.subarray(i * size, (i + 1) * size);
    const down = top[i] - PADDING;
    const right = left[i] - PADDING;
    for (let c = 0; c < channels; c++) {
      augmentChannel(dataset, image, target, c, down, right, flip[i], table);
    }
  }
  return batch;
}

/**
 * Augments one channel of one image. This is a separate function because V8 then optimises it. As
 * loops in `augmentBatch`, it sometimes ran five times slower.
 */
function augmentChannel(
  { height, width, channels }: Dataset,
  image: Uint8Array,
  target: Float32Array,
  channel: number,
  down: number,
  right: number,
  flip: number,
  table: Float32Array,
): void {
  const values = channel << 8;
  const black = table[values];
  const step = flip ? -1 : 1;
  const firstColumn = (flip ? width - 1 : 0) + right;
  let to = channel;
  for (let y = 0; y < height; y++) {
    const row = y + down;
    const inRow = row >= 0 && row < height;
    const from = row * width * channels + channel;
    for (let x = 0, column = firstColumn; x < width; x++, column += step, to += channels) {
      target[to] = inRow && column >= 0 && column < width
        ? table[values + image[from + column * channels]]
        : black;
    }
  }
}

/** Normalises images without augmentation; returns `[indices.length, height, width, channel]`. */
export function normaliseBatch(
  dataset: DatasetDescription,
  { images }: ImageSet,
  indices: ArrayLike<number>,
): Float32Array {
  const { height, width, channels } = dataset;
  const table = normalisationTable(dataset);
  const size = height * width * channels;
  const batch = new Float32Array(indices.length * size);
  for (let i = 0; i < indices.length; i++) {
    for (let k = 0; k < size; k += channels) {
      for (let c = 0; c < channels; c++) {
        batch[i * size + k + c] = table[(c << 8) + images[indices[i] * size + k + c]];
      }
    }
  }
  return batch;
}

/** Computes (v/255 − mean)/std of each 8-bit value v; channel c has it at 256·c + v. */
function normalisationTable({ mean, std }: Pick<Dataset, "mean" | "std">): Float32Array {
  const table = new Float32Array(256 * mean.length);
  for (let i = 0; i < table.length; i++) {
    table[i] = ((i & 255) / 255 - mean[i >> 8]) / std[i >> 8];
  }
  return table;
}
