import {
  checkLabels,
  type DataProvenance,
  type Dataset,
  type ImageSet,
  withFingerprint,
} from "./dataset.ts";
import { decodeIdx } from "./idx.ts";

const CLASSES = [
  "T-shirt/top",
  "Trouser",
  "Pullover",
  "Dress",
  "Coat",
  "Sandal",
  "Shirt",
  "Sneaker",
  "Bag",
  "Ankle boot",
];

/** Side of the images in the files, and in memory with a border of zeros. */
const STORED = 28;
const PADDED = 32;

/** Size of the largest of the four files in bytes, uncompressed. */
export const LARGEST_FASHION_MNIST_FILE = 16 + 60_000 * STORED * STORED;

/**
 * Mean and standard deviation of v/255 over all pixels v of the 60,000 padded training images. A
 * test computes them again.
 */
const MEAN = [0.2190];
const STD = [0.3318];

/** The four files of Fashion-MNIST's layout. */
export const FASHION_MNIST_FILES = [
  "train-images-idx3-ubyte.gz",
  "train-labels-idx1-ubyte.gz",
  "t10k-images-idx3-ubyte.gz",
  "t10k-labels-idx1-ubyte.gz",
] as const;

/** The name of one of the four files. */
export type FashionMnistFile = typeof FASHION_MNIST_FILES[number];

/** One of the four files, uncompressed, and its path for error messages. */
export interface FashionMnistContent {
  readonly file: string;
  readonly bytes: Uint8Array;
}

/**
 * Decodes Fashion-MNIST (Xiao, Rasul and Vollgraf 2017) and pads its images from 28×28 to 32×32.
 *
 * @throws UserError naming the file and what is wrong with it
 */
export function decodeFashionMnist(
  contents: Readonly<Record<FashionMnistFile, FashionMnistContent>>,
  about: { name: string; title: string; provenance: DataProvenance },
): Dataset {
  const part = (name: "train" | "t10k") =>
    decodePart(contents[`${name}-images-idx3-ubyte.gz`], contents[`${name}-labels-idx1-ubyte.gz`]);
  return withFingerprint({
    ...about,
    classes: CLASSES,
    height: PADDED,
    width: PADDED,
    channels: 1,
    mean: MEAN,
    std: STD,
    train: part("train"),
    test: part("t10k"),
  });
}

function decodePart(imageFile: FashionMnistContent, labelFile: FashionMnistContent): ImageSet {
  const labels = decodeIdx(labelFile.bytes, labelFile.file, [null]);
  checkLabels(labels, CLASSES.length, labelFile.file);
  const shape = [labels.length, STORED, STORED];
  const images = pad(decodeIdx(imageFile.bytes, imageFile.file, shape), labels.length);
  return { images, labels, count: labels.length };
}

function pad(stored: Uint8Array, count: number): Uint8Array {
  const border = (PADDED - STORED) / 2;
  const images = new Uint8Array(count * PADDED * PADDED);
  for (let row = 0; row < count * STORED; row++) {
    const image = Math.floor(row / STORED);
    const target = (image * PADDED + border + row % STORED) * PADDED + border;
    images.set(stored.subarray(row * STORED, (row + 1) * STORED), target);
  }
  return images;
}
