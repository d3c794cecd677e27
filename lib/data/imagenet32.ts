import { join } from "node:path";
import {
  checkLabels,
  type Dataset,
  type ImageSet,
  makeLabels,
  withFingerprint,
} from "./dataset.ts";
import { dataFolder, type DataOptions, type DataSource, requireAccepted } from "./data_source.ts";
import { interleavePlanes } from "./interleave_planes.ts";
import { md5 } from "./md5.ts";
import { readNpzArray } from "./npz.ts";
import { damagedFile } from "./damaged_file.ts";
import { readDataFile } from "./read_data_file.ts";
import { exists } from "../files/exists.ts";
import { UserError } from "../user_error.ts";

/** The makers' list of classes. Each line has a WordNet identifier, a number from 1, and a name. */
const LIST = "map_clsloc.txt";

/**
 * Reads the names of the classes in the order of their labels. Without the makers' list beside the
 * images, the names are "class 0", "class 1", …
 *
 * @throws UserError if the list does not name all classes
 */
async function imagenet32Classes(folder: string, count: number): Promise<string[]> {
  const file = join(folder, LIST);
  const numbers = Array.from({ length: count }, (_, label) => label);
  if (!await exists(file)) return numbers.map((label) => `class ${label}`);
  const text = new TextDecoder().decode(await readDataFile(file, `put it there`));
  const lines = text.split("\n").map((line) => line.trim().split(/\s+/));
  const names = new Map(lines.map(([, number, name]) => [Number(number) - 1, name]));
  return numbers.map((label) => {
    const name = names.get(label);
    if (name !== undefined) return name.replaceAll("_", " ");
    throw new UserError(
      `${file} names no class ${label + 1}, but must have a line for each of 1…${count} like ` +
        `"n02119789 1 kit_fox"; get it again, or delete it to go without names`,
    );
  });
}

/**
 * MD5 of each official file, the training files first. The makers publish none; PyTorch loaders
 * agree on these.
 */
const CHECKSUMS: Readonly<Record<string, string>> = {
  "train_data_batch_1.npz": "464fde20de6eb44c28cc1a8c11544bb1",
  "train_data_batch_2.npz": "bdb56e71882c3fd91619d789d5dd7c79",
  "train_data_batch_3.npz": "83ff36d76ea26867491a281ea6e1d03b",
  "train_data_batch_4.npz": "98ff184fe109d5c2a0f6da63843880c7",
  "train_data_batch_5.npz": "62b8803e13c3e6de9498da7aaaae57c8",
  "train_data_batch_6.npz": "e0b06665f890b029f1d8d0a0db26e119",
  "train_data_batch_7.npz": "9731f469aac1622477813c132c5a847a",
  "train_data_batch_8.npz": "60aed934b9d26b7ee83a1a83bdcfbe0f",
  "train_data_batch_9.npz": "b96328e6affd718660c2561a6fe8c14c",
  "train_data_batch_10.npz": "1dc618d544c554220dd118f72975470c",
  "val_data.npz": "a8c04a389f2649841fb7a01720da9dd9",
};

const FOLDER = "imagenet32";
const SIDE = 32;
const PLANE = SIDE * SIDE;
const SIZE = 3 * PLANE;
const CLASSES = 1000;

/** The most bytes of labels: eight for each of all training images. */
const MOST_LABELS = 8 * 1_281_167;

/** ImageNet at 32×32 (Chrabaszcz, Loshchilov and Hutter 2017): 1,281,167 + 50,000 colour images. */
export const imagenet32: DataSource = {
  name: "imagenet32",
  title: "ImageNet 32×32 (Chrabaszcz et al. 2017)",
  load: (options) => loadImagenet32(options, CHECKSUMS),
};

/** One file without its pixels. */
interface Batch {
  readonly file: string;
  readonly md5: string;
  /** Labels in 1…1000. */
  readonly labels: readonly number[];
}

/**
 * Loads ImageNet 32×32 from the npz files in its folder. The validation images are the test images.
 * Only registered users may download it, so this loader does not.
 *
 * @param checksums MD5 by file name, in order, the validation images last
 */
export async function loadImagenet32(
  options: DataOptions,
  checksums: Readonly<Record<string, string>>,
): Promise<Dataset> {
  const folder = join(dataFolder(options.dataFolder), FOLDER);
  const names = Object.keys(checksums);
  const remedy = `get "Downsampled ImageNet", 32×32, in npz format from ` +
    `https://image-net.org/download-images, which asks for a registration, and put the files ` +
    `${names[0]} … ${names.at(-2)} and ${names.at(-1)} into ${folder}`;
  const read = (file: string) => readDataFile(file, remedy);
  // The labels of all files come first, because they give the number of images.
  const batches: Batch[] = [];
  for (const name of names) batches.push(await readBatch(join(folder, name), read));
  const isOfficial = names.every((name, k) => batches[k].md5 === checksums[name]);
  if (!isOfficial) requireAccepted(folder, options, `To get those, ${remedy}`);
  return withFingerprint({
    name: imagenet32.name,
    title: imagenet32.title,
    classes: await imagenet32Classes(folder, CLASSES),
    height: SIDE,
    width: SIDE,
    channels: 3,
    // As in PyTorch loaders.
    mean: [0.4810, 0.4574, 0.4078],
    std: [0.2604, 0.2532, 0.2682],
    train: await readImages(batches.slice(0, -1), read),
    test: await readImages(batches.slice(-1), read),
    provenance: isOfficial ? "verified" : "unverified copy",
  });
}

type Read = (file: string) => Promise<Uint8Array>;

async function readBatch(file: string, read: Read): Promise<Batch> {
  const bytes = await read(file);
  const labels = Array.from(readNpzArray(bytes, file, "labels", MOST_LABELS).data, Number);
  checkLabels(labels, CLASSES, file, 1);
  return { file, md5: md5(bytes), labels };
}

async function readImages(batches: readonly Batch[], read: Read): Promise<ImageSet> {
  const count = batches.reduce((sum, { labels }) => sum + labels.length, 0);
  const images = new Uint8Array(count * SIZE);
  const labels = makeLabels(count, CLASSES);
  let next = 0;
  for (const { file, labels: ofBatch } of batches) {
    const limit = ofBatch.length * SIZE;
    const { data, shape } = readNpzArray(await read(file), file, "data", limit);
    if (!(data instanceof Uint8Array) || String(shape) !== String([ofBatch.length, SIZE])) {
      throw damagedFile(
        file,
        `its array "data" is a ${data.constructor.name} of shape [${shape}], but must be a ` +
          `Uint8Array of shape [${ofBatch.length},${SIZE}]`,
      );
    }
    for (const [k, label] of ofBatch.entries()) {
      labels[next] = label - 1;
      interleavePlanes(data, k * SIZE, PLANE, images, next * SIZE);
      next++;
    }
  }
  return { images, labels, count };
}
