import { join } from "node:path";
import { checkLabels } from "./check_labels.ts";
import { dataFolder } from "./data_folder.ts";
import type { DataSource } from "./data_source.ts";
import { type ImageSet, withFingerprint } from "./dataset.ts";
import { download } from "./download.ts";
import { exists, readDataFile } from "./read_data_file.ts";
import { requireAccepted } from "./unverified.ts";
import { sha256 } from "../files/sha256.ts";
import { writeAtomically } from "../files/write_atomically.ts";
import { permute } from "../nn/layout.ts";
import { UserError } from "../user_error.ts";

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

const ARCHIVE = {
  url: "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
  md5: "c32a1d4ab5d03f1284b67883e8d87530",
};

const TRAIN_FILES = [1, 2, 3, 4, 5].map((k) => `data_batch_${k}.bin`);
const TEST_FILE = "test_batch.bin";
const IMAGES_A_FILE = 10_000;
const SIDE = 32;
const PIXELS = 3 * SIDE * SIDE;

/** SHA-256 of each file, written beside them when they were unpacked from a checked archive. */
const RECORD = "verified.json";

/** CIFAR-10 (Krizhevsky 2009) in its binary layout: a label byte, then red, green and blue planes. */
export const cifar10: DataSource = {
  name: "cifar10",
  title: "CIFAR-10 (Krizhevsky 2009)",
  async load(options) {
    const parent = dataFolder(options.dataFolder);
    const folder = join(parent, "cifar-10-batches-bin");
    if (!await exists(folder)) await fetchArchive(parent, folder);
    const files = new Map<string, Uint8Array>();
    for (const name of [...TRAIN_FILES, TEST_FILE]) {
      files.set(name, await readDataFile(join(folder, name)));
    }
    const train = concatenate(
      TRAIN_FILES.map((name) => decode(files.get(name)!, join(folder, name))),
    );
    const test = decode(files.get(TEST_FILE)!, join(folder, TEST_FILE));
    const isVerified = await matchesRecord(folder, files);
    if (!isVerified) requireAccepted(folder, options);
    return withFingerprint({
      name: this.name,
      title: this.title,
      classes: CLASSES,
      height: SIDE,
      width: SIDE,
      channels: 3,
      mean: [0.4914, 0.4822, 0.4465],
      std: [0.2023, 0.1994, 0.2010],
      train,
      test,
      provenance: isVerified ? "verified" : "unverified copy",
    });
  },
};

function decode(bytes: Uint8Array, file: string): ImageSet {
  const record = 1 + PIXELS;
  if (bytes.length !== IMAGES_A_FILE * record) {
    throw new UserError(
      `${file} is truncated or not CIFAR-10's binary layout: it has ${bytes.length} bytes, not ` +
        `${IMAGES_A_FILE * record}; delete it and get it again`,
    );
  }
  const labels = new Uint8Array(IMAGES_A_FILE);
  const planar = new Uint8Array(IMAGES_A_FILE * PIXELS);
  for (let i = 0; i < IMAGES_A_FILE; i++) {
    labels[i] = bytes[i * record];
    planar.set(bytes.subarray(i * record + 1, (i + 1) * record), i * PIXELS);
  }
  checkLabels(labels, CLASSES.length, file);
  const images = permute(planar, [IMAGES_A_FILE, 3, SIDE, SIDE], [0, 2, 3, 1]);
  return { images, labels, count: IMAGES_A_FILE };
}

function concatenate(parts: ImageSet[]): ImageSet {
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const images = new Uint8Array(count * PIXELS);
  const labels = new Uint8Array(count);
  let at = 0;
  for (const part of parts) {
    images.set(part.images, at * PIXELS);
    labels.set(part.labels, at);
    at += part.count;
  }
  return { images, labels, count };
}

async function matchesRecord(folder: string, files: Map<string, Uint8Array>): Promise<boolean> {
  const text = await Deno.readTextFile(join(folder, RECORD)).catch(() => "{}");
  const record = JSON.parse(text) as Record<string, string>;
  return [...files].every(([name, bytes]) => record[name] === sha256(bytes));
}

async function fetchArchive(parent: string, folder: string): Promise<void> {
  const file = join(parent, "cifar-10-binary.tar.gz");
  if (!await exists(file)) await download({ ...ARCHIVE, file });
  const { success, stderr } = await new Deno.Command("tar", { args: ["-xzf", file, "-C", parent] })
    .output();
  if (!success) {
    throw new UserError(`cannot unpack ${file}: ${new TextDecoder().decode(stderr).trim()}`);
  }
  const record: Record<string, string> = {};
  for (const name of [...TRAIN_FILES, TEST_FILE]) {
    record[name] = sha256(await readDataFile(join(folder, name)));
  }
  await writeAtomically(join(folder, RECORD), new TextEncoder().encode(JSON.stringify(record)));
  await Deno.remove(file);
}
