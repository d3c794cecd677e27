import { join } from "node:path";
import { dataFolder } from "./data_folder.ts";
import type { DataOptions, DataSource } from "./data_source.ts";
import { type Dataset, withFingerprint } from "./dataset.ts";
import { CIFAR10_SIDE, decodeCifar10 } from "./decode_cifar10.ts";
import { exists, readDataFile } from "./read_data_file.ts";
import { requireAccepted } from "./require_accepted.ts";
import { type Archive, unpackArchive } from "./unpack_archive.ts";
import { VerifiedRecord } from "./verified_record.ts";

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

/** CIFAR-10 (Krizhevsky 2009): 50,000 + 10,000 colour images of 32×32. */
export const cifar10: DataSource = {
  name: "cifar10",
  title: "CIFAR-10 (Krizhevsky 2009)",
  load: (options) => loadCifar10(options, ARCHIVE),
};

/**
 * Loads CIFAR-10 from its folder, which is made from the archive if it is missing. The makers state a
 * checksum of the archive alone: files that someone else unpacked are an unverified copy.
 *
 * @param imagesAFile how many images each of the six files has; tests make do with fewer
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
    // As in the paper's code; its std is a mean over images of each image's own.
    mean: [0.4914, 0.4822, 0.4465],
    std: [0.2023, 0.1994, 0.2010],
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
