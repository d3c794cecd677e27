import { join } from "node:path";
import { checkLabels } from "./check_labels.ts";
import { type DataProvenance, type Dataset, type ImageSet, withFingerprint } from "./dataset.ts";
import { decodeIdx } from "./idx.ts";
import { readDataFile } from "./read_data_file.ts";

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

/** Side of the images in the files, and in memory, where zeros surround them. */
const STORED = 28;
const PADDED = 32;

/** Mean and std of the 60,000 training images, padding included; a test computes them again. */
const MEAN = [0.2190];
const STD = [0.3318];

/** The four files of Fashion-MNIST's layout. */
export const FASHION_MNIST_FILES = [
  "train-images-idx3-ubyte.gz",
  "train-labels-idx1-ubyte.gz",
  "t10k-images-idx3-ubyte.gz",
  "t10k-labels-idx1-ubyte.gz",
] as const;

/** Fashion-MNIST (Xiao et al. 2017) from a folder with its four files, padded to 32×32. */
export async function readFashionMnist(
  folder: string,
  about: { name: string; title: string; provenance: DataProvenance },
): Promise<Dataset> {
  const [train, test] = await Promise.all(["train", "t10k"].map((part) => readPart(folder, part)));
  return withFingerprint({
    ...about,
    classes: CLASSES,
    height: PADDED,
    width: PADDED,
    channels: 1,
    mean: MEAN,
    std: STD,
    train,
    test,
  });
}

async function readPart(folder: string, part: string): Promise<ImageSet> {
  const labelFile = join(folder, `${part}-labels-idx1-ubyte.gz`);
  const labels = decodeIdx(await readDataFile(labelFile), labelFile, [null]);
  checkLabels(labels, CLASSES.length, labelFile);
  const imageFile = join(folder, `${part}-images-idx3-ubyte.gz`);
  const shape = [labels.length, STORED, STORED];
  const stored = decodeIdx(await readDataFile(imageFile), imageFile, shape);
  return { images: pad(stored, labels.length), labels, count: labels.length };
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
