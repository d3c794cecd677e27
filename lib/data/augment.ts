import type { Dataset, ImageSet } from "./dataset.ts";

/** Zeros around an image before a crop of its own size is taken. */
const PADDING = 4;

/** For each image of a batch where its crop starts, 0 … 8 in the padded image, and if it is flipped. */
export interface AugmentationChoices {
  readonly top: Uint8Array;
  readonly left: Uint8Array;
  /** 0 or 1 */
  readonly flip: Uint8Array;
}

/** Draws three numbers an image, in the order top, left, flip. */
export function drawAugmentation(count: number, random: () => number): AugmentationChoices {
  const top = new Uint8Array(count);
  const left = new Uint8Array(count);
  const flip = new Uint8Array(count);
  const places = 2 * PADDING + 1;
  for (let i = 0; i < count; i++) {
    top[i] = Math.floor(random() * places);
    left[i] = Math.floor(random() * places);
    flip[i] = random() < 0.5 ? 1 : 0;
  }
  return { top, left, flip };
}

/**
 * The paper's augmentation: a random crop after padding with 4 zero pixels, and a horizontal flip, on
 * 8-bit pixels (so the zeros are black); then normalisation by the data set's mean and std.
 *
 * @param indices which images of the set
 * @returns `[indices.length, height, width, channel]`
 */
export function augmentBatch(
  dataset: Dataset,
  set: ImageSet,
  indices: ArrayLike<number>,
  { top, left, flip }: AugmentationChoices,
): Float32Array {
  const { height, width, channels } = dataset;
  const table = normalisationTable(dataset);
  const batch = new Float32Array(indices.length * height * width * channels);
  let to = 0;
  for (let i = 0; i < indices.length; i++) {
    const image = indices[i] * height * width * channels;
    for (let y = 0; y < height; y++) {
      const row = y + top[i] - PADDING;
      const inRow = row >= 0 && row < height;
      for (let x = 0; x < width; x++) {
        const column = (flip[i] ? width - 1 - x : x) + left[i] - PADDING;
        const inside = inRow && column >= 0 && column < width;
        const from = image + (row * width + column) * channels;
        for (let c = 0; c < channels; c++) {
          batch[to++] = table[(c << 8) + (inside ? set.images[from + c] : 0)];
        }
      }
    }
  }
  return batch;
}

/** Normalisation alone, `[indices.length, height, width, channel]`. */
export function normaliseBatch(
  dataset: Dataset,
  set: ImageSet,
  indices: ArrayLike<number>,
): Float32Array {
  const { height, width, channels } = dataset;
  const table = normalisationTable(dataset);
  const size = height * width * channels;
  const batch = new Float32Array(indices.length * size);
  for (let i = 0; i < indices.length; i++) {
    for (let k = 0; k < size; k += channels) {
      for (let c = 0; c < channels; c++) {
        batch[i * size + k + c] = table[(c << 8) + set.images[indices[i] * size + k + c]];
      }
    }
  }
  return batch;
}

/** (v/255 − mean)/std of each of the 256 values of each channel. */
function normalisationTable({ mean, std }: Dataset): Float32Array {
  const table = new Float32Array(256 * mean.length);
  for (let i = 0; i < table.length; i++) {
    table[i] = ((i & 255) / 255 - mean[i >> 8]) / std[i >> 8];
  }
  return table;
}
