import { type CifarLayout, cifarSource } from "./cifar.ts";
import type { DataSource } from "./data_source.ts";

export const CIFAR100: CifarLayout = {
  name: "cifar100",
  title: "CIFAR-100 (Krizhevsky 2009)",
  archive: {
    url: "https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz",
    md5: "03b5dce01913d631647c71ecec9e9cb8",
    size: 168_513_733,
    unpackedSize: 200_000_000,
  },
  folder: "cifar-100-binary",
  train: { "train.bin": 50_000 },
  test: { "test.bin": 10_000 },
  labelBytes: 2,
  labelAt: 1,
  classes: { file: "fine_label_names.txt", count: 100 },
  // As in RepDistiller and mdistiller, so that their teachers see the images they were trained on.
  mean: [0.5071, 0.4867, 0.4408],
  std: [0.2675, 0.2565, 0.2761],
};

export const CIFAR100_COARSE: CifarLayout = {
  ...CIFAR100,
  name: "cifar100-coarse",
  title: "CIFAR-100 in 20 coarse classes (Krizhevsky 2009)",
  labelAt: 0,
  classes: { file: "coarse_label_names.txt", count: 20 },
};

/** CIFAR-100 (Krizhevsky 2009): 500 + 100 colour images of 32×32 of each of 100 classes. */
export const cifar100: DataSource = cifarSource(CIFAR100);

/** The same images in 20 classes of five. */
export const cifar100Coarse: DataSource = cifarSource(CIFAR100_COARSE);
