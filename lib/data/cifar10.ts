import { type CifarLayout, cifarSource } from "./cifar.ts";
import type { DataSource } from "./data_source.ts";

/** As in the paper's code. Its std is the mean of the images' own stds. */
export const CIFAR10_NORMALISATION = {
  mean: [0.4914, 0.4822, 0.4465],
  std: [0.2023, 0.1994, 0.2010],
} as const;

export const CIFAR10: CifarLayout = {
  name: "cifar10",
  title: "CIFAR-10 (Krizhevsky 2009)",
  archive: {
    url: "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
    md5: "c32a1d4ab5d03f1284b67883e8d87530",
    size: 170_052_171,
    unpackedSize: 200_000_000,
  },
  folder: "cifar-10-batches-bin",
  train: Object.fromEntries([1, 2, 3, 4, 5].map((k) => [`data_batch_${k}.bin`, 10_000])),
  test: { "test_batch.bin": 10_000 },
  labelBytes: 1,
  labelAt: 0,
  classes: [
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
  ],
  ...CIFAR10_NORMALISATION,
};

/** CIFAR-10 (Krizhevsky 2009): 50,000 + 10,000 colour images of 32×32. */
export const cifar10: DataSource = cifarSource(CIFAR10);
