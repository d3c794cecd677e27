import type { Dataset, ImageSet } from "./dataset.ts";

/** Zeros around an image before a crop of its own size is taken. */
const PADDING = 4;

/** Where a crop can start, in each direction. */
const PLACES = 2 * PADDING + 1;

/** In how many ways an image can be augmented. */
export const AUGMENTATIONS = 2 * PLACES ** 2;

/** For each image of a batch where its crop starts, 0 … 8 in the padded image, and if it is flipped. */
export interface AugmentationChoices {
  readonly top: Uint8Array;
  readonly left: Uint8Array;
  /** 0 or 1 */
  readonly flip: Uint8Array;
}

/**
 * Draws three numbers an image, in the order top, left, flip, whatever they turn out to be: a stream
 * stays in step with the images.
 *
 * @param random numbers in [0, 1)
 */
export function drawAugmentation(count: number, random: () => number): AugmentationChoices {
  const top = new Uint8Array(count);
  const left = new Uint8Array(count);
  const flip = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    top[i] = Math.floor(random() * PLACES);
    left[i] = Math.floor(random() * PLACES);
    flip[i] = random() < 0.5 ? 1 : 0;
  }
  return { top, left, flip };
}

/**
 * A number for each augmented image of a batch: the same for the same image and choices wherever they
 * meet again, and below `AUGMENTATIONS` times the number of images in the set.
 *
 * @param indices which images of the set
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
 * The paper's augmentation, the same for images of any size: a random crop after padding with 4 zero
 * pixels, and a horizontal flip, on 8-bit pixels (so the zeros are black); then normalisation by the
 * data set's mean and std. The result is a function of (image, choices), so that what a frozen teacher
 * says of it can be kept by these.
 *
 * @param indices which images of the set
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
 * One channel of one image. A function of its own, since it is called often enough for V8 to optimise
 * it: as loops in the one above, it sometimes ran five times slower.
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

/** Normalisation alone, `[indices.length, height, width, channel]`. */
export function normaliseBatch(
  dataset: Dataset,
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

/** (v/255 − mean)/std of each 8-bit value v; that of channel c lies at 256·c + v. */
function normalisationTable({ mean, std }: Pick<Dataset, "mean" | "std">): Float32Array {
  const table = new Float32Array(256 * mean.length);
  for (let i = 0; i < table.length; i++) {
    table[i] = ((i & 255) / 255 - mean[i >> 8]) / std[i >> 8];
  }
  return table;
}
