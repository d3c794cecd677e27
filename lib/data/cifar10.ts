import { join } from "node:path";
import { dataFolder, type DataOptions, type DataSource, requireAccepted } from "./data_source.ts";
import { checkLabels, type Dataset, type ImageSet, withFingerprint } from "./dataset.ts";
import { exists, readDataFile } from "./read_data_file.ts";
import { type Archive, unpackArchive } from "./unpack_archive.ts";
import { VerifiedRecord } from "./verified_record.ts";
import { interleavePlanes } from "./interleave_planes.ts";
import { UserError } from "../user_error.ts";

/** Side of the images in pixels. */
const CIFAR10_SIDE = 32;
const PLANE = CIFAR10_SIDE * CIFAR10_SIDE;
const CHANNELS = 3;
const RECORD = 1 + CHANNELS * PLANE;

/**
 * Decodes files of CIFAR-10's binary version. Each record is a label byte and the red, green and
 * blue planes of 32×32 pixels (https://www.cs.toronto.edu/~kriz/cifar.html).
 *
 * @param files files in the order of their images
 * @param imagesAFile number of records that each file must have
 * @returns images `[count, 32, 32, 3]`
 * @throws UserError naming a file with another size, or with a label outside 0…9
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

const CLASSES = [
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
];

const ARCHIVE: Archive = {
  url: "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
  md5: "c32a1d4ab5d03f1284b67883e8d87530",
  size: 170_052_171,
  unpackedSize: 200_000_000,
};

const FOLDER = "cifar-10-batches-bin";
const TRAIN_FILES = [1, 2, 3, 4, 5].map((k) => `data_batch_${k}.bin`);
const TEST_FILE = "test_batch.bin";
const IMAGES_A_FILE = 10_000;

/** As in the paper's code. Its std is the mean of the images' own stds. */
export const CIFAR10_NORMALISATION = {
  mean: [0.4914, 0.4822, 0.4465],
  std: [0.2023, 0.1994, 0.2010],
} as const;

/** CIFAR-10 (Krizhevsky 2009): 50,000 + 10,000 colour images of 32×32. */
export const cifar10: DataSource = {
  name: "cifar10",
  title: "CIFAR-10 (Krizhevsky 2009)",
  load: (options) => loadCifar10(options, ARCHIVE),
};

/**
 * Loads CIFAR-10 from its folder, which is made from the archive if it is missing. The makers
 * publish a checksum only of the archive, so files that someone else unpacked are an unverified
 * copy.
 *
 * @param imagesAFile number of images in each of the six files; tests use fewer
 */
export async function loadCifar10(
  options: DataOptions,
  archive: Archive,
  imagesAFile = IMAGES_A_FILE,
): Promise<Dataset> {
  const folder = join(dataFolder(options.dataFolder), FOLDER);
  if (!await exists(folder)) await unpackArchive(archive, folder);
  const files = await readFiles(folder);
  const decode = (names: string[]) =>
    decodeCifar10(
      names.map((name) => ({ file: join(folder, name), bytes: files.get(name)! })),
      imagesAFile,
    );
  const [train, test] = [decode(TRAIN_FILES), decode([TEST_FILE])];
  const record = await VerifiedRecord.read(folder);
  if (!record) requireAccepted(folder, options);
  for (const [name, bytes] of files) record?.check(name, bytes);
  return withFingerprint({
    name: cifar10.name,
    title: cifar10.title,
    classes: CLASSES,
    height: CIFAR10_SIDE,
    width: CIFAR10_SIDE,
    channels: 3,
    ...CIFAR10_NORMALISATION,
    train,
    test,
    provenance: record ? "verified" : "unverified copy",
  });
}

async function readFiles(folder: string): Promise<Map<string, Uint8Array>> {
  const remedy = `put it there, or delete the folder ${folder} to have it made again`;
  const files = new Map<string, Uint8Array>();
  for (const name of [...TRAIN_FILES, TEST_FILE]) {
    files.set(name, await readDataFile(join(folder, name), remedy));
  }
  return files;
}
