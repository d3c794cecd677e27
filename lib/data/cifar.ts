import { join } from "node:path";
import {
  dataFolder,
  type DataOptions,
  type DataSource,
  DOWNLOAD_REMEDY,
  requireAccepted,
} from "./data_source.ts";
import { checkLabels, type Dataset, type ImageSet, withFingerprint } from "./dataset.ts";
import { damagedFile } from "./damaged_file.ts";
import { readDataFile } from "./read_data_file.ts";
import { exists } from "../files/exists.ts";
import { type Archive, unpackArchive } from "./unpack_archive.ts";
import { VerifiedRecord } from "./verified_record.ts";
import { interleavePlanes } from "./interleave_planes.ts";
import { UserError } from "../user_error.ts";

/** Side of the images in pixels. */
const SIDE = 32;
const PLANE = SIDE * SIDE;
const CHANNELS = 3;

/** The label bytes before the pixels of each image. */
interface LabelBytes {
  /** Their number, one for each way to divide the images into classes. */
  readonly labelBytes: number;
  /** The one to take, from 0. */
  readonly labelAt: number;
}

/** A data set in the binary layout of CIFAR (https://www.cs.toronto.edu/~kriz/cifar.html). */
export interface CifarLayout extends LabelBytes, Pick<Dataset, "name" | "title" | "mean" | "std"> {
  readonly archive: Archive;
  /** The folder in the archive. */
  readonly folder: string;
  /** The number of images in each file, in order of the images. */
  readonly train: Readonly<Record<string, number>>;
  readonly test: Readonly<Record<string, number>>;
  /** The classes, or the file that has one on each line, and their number. */
  readonly classes: readonly string[] | { readonly file: string; readonly count: number };
}

/** Makes the source of a data set in that layout. */
export function cifarSource(layout: CifarLayout): DataSource {
  const { name, title } = layout;
  return { name, title, load: (options) => loadCifar(layout, options) };
}

/** A file with the number of images that it must have. */
export interface CifarFile {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly images: number;
}

/**
 * Decodes files of CIFAR's binary version. Each record is one label byte or more, and the red, green
 * and blue planes of 32×32 pixels.
 *
 * @param files files in the order of their images
 * @returns images `[count, 32, 32, 3]`
 * @throws UserError naming a file with another size, or with a label that is no class
 */
export function decodeCifar(
  files: readonly CifarFile[],
  classes: number,
  { labelBytes, labelAt }: LabelBytes,
): ImageSet {
  const count = files.reduce((sum, { images }) => sum + images, 0);
  const pixels = new Uint8Array(count * CHANNELS * PLANE);
  const labels = new Uint8Array(count);
  const record = labelBytes + CHANNELS * PLANE;
  let first = 0;
  for (const { file, bytes, images } of files) {
    checkSize(bytes.length, images * record, file);
    for (let k = 0; k < images; k++) {
      labels[first + k] = bytes[k * record + labelAt];
      const planes = k * record + labelBytes;
      interleavePlanes(bytes, planes, PLANE, pixels, (first + k) * CHANNELS * PLANE);
    }
    checkLabels(labels.subarray(first, first + images), classes, file);
    first += images;
  }
  return { images: pixels, labels, count };
}

function checkSize(actual: number, expected: number, file: string): void {
  if (actual === expected) return;
  const what = actual < expected ? "is truncated" : "is not in CIFAR's binary layout";
  throw new UserError(
    `${file} ${what}: it has ${actual} bytes, but should have ${expected}; ` +
      `delete it and get it again`,
  );
}

/**
 * Loads a data set from its folder, which is made from the archive if it is missing. The makers
 * publish a checksum only of the archive, so files that someone else unpacked are an unverified
 * copy.
 */
export async function loadCifar(layout: CifarLayout, options: DataOptions): Promise<Dataset> {
  const folder = join(dataFolder(options.dataFolder), layout.folder);
  if (!await exists(folder)) await unpackArchive(layout.archive, folder);
  const remedy = `put it there, or delete the folder ${folder} to have it made again`;
  const contents = new Map<string, Uint8Array>();
  const read = async (name: string) => {
    const bytes = await readDataFile(join(folder, name), remedy);
    contents.set(name, bytes);
    return bytes;
  };
  const readFiles = (counts: Readonly<Record<string, number>>) =>
    Promise.all(
      Object.entries(counts).map(async ([name, images]): Promise<CifarFile> => ({
        file: join(folder, name),
        bytes: await read(name),
        images,
      })),
    );
  const [trainFiles, testFiles] = [await readFiles(layout.train), await readFiles(layout.test)];
  const classes = "file" in layout.classes
    ? classNames(await read(layout.classes.file), join(folder, layout.classes.file), layout.classes)
    : layout.classes;
  const train = decodeCifar(trainFiles, classes.length, layout);
  const test = decodeCifar(testFiles, classes.length, layout);
  const record = await VerifiedRecord.read(folder);
  if (!record) requireAccepted(folder, options, DOWNLOAD_REMEDY);
  for (const [name, bytes] of contents) record?.check(name, bytes);
  const { name, title, mean, std } = layout;
  return withFingerprint({
    name,
    title,
    classes,
    height: SIDE,
    width: SIDE,
    channels: CHANNELS,
    mean,
    std,
    train,
    test,
    provenance: record ? "verified" : "unverified copy",
  });
}

function classNames(bytes: Uint8Array, file: string, { count }: { count: number }): string[] {
  const names = new TextDecoder().decode(bytes).split(/\r?\n/).filter((line) => line !== "");
  if (names.length === count) return names;
  throw damagedFile(file, `it lists ${names.length} classes instead of ${count}`);
}
