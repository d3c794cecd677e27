import { dirname, join } from "node:path";
import {
  dataFolder,
  type DataOptions,
  type DataSource,
  DOWNLOAD_REMEDY,
  requireAccepted,
} from "./data_source.ts";
import { type Dataset, type ImageSet, makeLabels, withFingerprint } from "./dataset.ts";
import { type JpegDecoder, startJpegDecoder } from "./decode_jpeg.ts";
import { readDataFile, readFolder } from "./read_data_file.ts";
import { exists } from "../files/exists.ts";
import { type Archive, unpackArchive } from "./unpack_archive.ts";
import { VerifiedRecord } from "./verified_record.ts";
import { UserError } from "../user_error.ts";

const ARCHIVE: Archive = {
  url: "http://cs231n.stanford.edu/tiny-imagenet-200.zip",
  // The makers publish none; PyTorch loaders agree on this one.
  md5: "90528d7ca1a48142e341f4ef8d21d0de",
  size: 248_100_043,
  unpackedSize: 500_000_000,
};

const FOLDER = "tiny-imagenet-200";
const SIDE = 64;
const CHANNELS = 3;

/** Tiny ImageNet: 500 + 50 colour images of 64×64 from each of 200 classes of ImageNet. */
export const tinyImagenet: DataSource = {
  name: "tiny-imagenet",
  title: "Tiny ImageNet (Stanford, CS231n)",
  load: (options) => loadTinyImagenet(options, ARCHIVE),
};

/**
 * Loads all images of Tiny ImageNet from its folder, which is made from the archive if it is
 * missing. The makers' validation images are the test images, because their own test set has no
 * labels.
 */
export async function loadTinyImagenet(options: DataOptions, archive: Archive): Promise<Dataset> {
  const folder = join(dataFolder(options.dataFolder), FOLDER);
  if (!await exists(folder)) await unpackArchive(archive, folder);
  const record = await VerifiedRecord.read(folder);
  if (!record) requireAccepted(folder, options, DOWNLOAD_REMEDY);
  const { classes, train, validation } = await readTinyImagenetFiles(folder, record);
  const decode = await startJpegDecoder();
  return withFingerprint({
    name: tinyImagenet.name,
    title: tinyImagenet.title,
    classes,
    height: SIDE,
    width: SIDE,
    channels: CHANNELS,
    // As in PyTorch loaders; a test checks them against the images.
    mean: [0.4802, 0.4481, 0.3975],
    std: [0.2770, 0.2691, 0.2821],
    train: decodeImages(train, classes.length, decode),
    test: decodeImages(validation, classes.length, decode),
    provenance: record ? "verified" : "unverified copy",
  });
}

function decodeImages(
  files: readonly LabelledJpeg[],
  classes: number,
  decode: JpegDecoder,
): ImageSet {
  const size = SIDE * SIDE * CHANNELS;
  const count = files.length;
  const images = new Uint8Array(count * size);
  const labels = makeLabels(count, classes);
  for (const [k, { file, bytes, label }] of files.entries()) {
    const { width, height, pixels } = decode(bytes, file);
    if (width !== SIDE || height !== SIDE) {
      throw new UserError(
        `${file} has ${width}×${height} pixels, but an image of Tiny ImageNet has ${SIDE}×${SIDE}; ` +
          `delete it and get it again`,
      );
    }
    images.set(pixels, k * size);
    labels[k] = label;
  }
  return { images, labels, count };
}

/** A JPEG file with the class of its image. */
interface LabelledJpeg {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly label: number;
}

/** The content of the folder `tiny-imagenet-200`. */
interface TinyImagenetFiles {
  /** The first name of each class, or its WordNet identifier if names are missing. */
  readonly classes: readonly string[];
  /** Training images, class by class. */
  readonly train: readonly LabelledJpeg[];
  readonly validation: readonly LabelledJpeg[];
}

/**
 * Reads the files of Tiny ImageNet in the makers' layout. `wnids.txt` lists the classes in order,
 * and `words.txt` names them (and all others of WordNet). `train/<class>/images` holds training
 * images. `val/images` holds validation images, with classes in `val/val_annotations.txt`. Images
 * are in order of their names.
 *
 * @param record record of the verified files, if there is one
 * @throws UserError naming a missing or damaged file
 */
async function readTinyImagenetFiles(
  folder: string,
  record: VerifiedRecord | null,
): Promise<TinyImagenetFiles> {
  const files = new Files(folder, record);
  const ids = await files.lines("wnids.txt");
  const names = await files.has("words.txt") ? await files.table("words.txt") : new Map();
  return {
    classes: ids.map((id) => names.get(id)?.split(",")[0] ?? id),
    train: await readTrainingImages(files, ids),
    validation: await readValidationImages(files, ids),
  };
}

async function readTrainingImages(files: Files, ids: readonly string[]): Promise<LabelledJpeg[]> {
  const images: LabelledJpeg[] = [];
  for (const [label, id] of ids.entries()) {
    for (const [name, bytes] of await files.images(`train/${id}/images`)) {
      images.push({ file: files.path(`train/${id}/images`, name), bytes, label });
    }
  }
  return images;
}

async function readValidationImages(files: Files, ids: readonly string[]): Promise<LabelledJpeg[]> {
  const annotations = "val/val_annotations.txt";
  const classOf = await files.table(annotations);
  const images = await files.images("val/images");
  const missing = [...classOf.keys()].find((name) => !images.has(name));
  if (missing !== undefined) {
    throw new UserError(
      `the data file ${files.path("val/images", missing)} is missing; ${files.remedy}`,
    );
  }
  return [...images].map(([name, bytes]) => {
    const id = classOf.get(name);
    const label = ids.findIndex((candidate) => candidate === id);
    if (label >= 0) return { file: files.path("val/images", name), bytes, label };
    const what = id === undefined ? "no class" : `class "${id}", which is not one of wnids.txt`;
    throw new UserError(
      `${files.path(annotations)} is damaged: it puts ${name} into ${what}; ${files.remedy}`,
    );
  });
}

/** The data set's folder. Checks each file against the record when it is read. */
class Files {
  readonly remedy: string;
  readonly #folder: string;
  readonly #record: VerifiedRecord | null;

  constructor(folder: string, record: VerifiedRecord | null) {
    this.remedy = `put it there, or delete the folder ${folder} to have it made again`;
    this.#folder = folder;
    this.#record = record;
  }

  path(...parts: string[]): string {
    return join(this.#folder, ...parts);
  }

  async has(name: string): Promise<boolean> {
    return await exists(this.path(name));
  }

  async lines(name: string): Promise<string[]> {
    const bytes = await readDataFile(this.path(name), this.remedy);
    const folder = dirname(name);
    if (folder === ".") this.#record?.check(name, bytes);
    // The record has one entry for all files of a subfolder.
    else this.#record?.check(folder, await readFolder(this.path(folder), this.remedy));
    return new TextDecoder().decode(bytes).split(/\r?\n/).filter((line) => line !== "");
  }

  /** Reads a table of two columns separated by tabs: the second column by the first. */
  async table(name: string): Promise<Map<string, string>> {
    const rows = (await this.lines(name)).map((line) => line.split("\t"));
    return new Map(rows.map(([key, value]) => [key, value]));
  }

  /** Reads all files of a folder by name, in order of the names. There is at least one. */
  async images(folder: string): Promise<Map<string, Uint8Array>> {
    const images = await readFolder(this.path(folder), this.remedy);
    this.#record?.check(folder, images);
    if (images.size > 0) return images;
    throw new UserError(`the folder ${this.path(folder)} holds no images; ${this.remedy}`);
  }
}
