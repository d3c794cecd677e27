import { sha256 } from "../files/sha256.ts";
import { damagedFile } from "./damaged_file.ts";
import { UserError } from "../user_error.ts";

/** Images and their classes. */
export interface ImageSet {
  /** `[count, height, width, channel]`, row-major; grey levels or colours, 0…255 */
  readonly images: Uint8Array;
  readonly labels: Labels;
  readonly count: number;
}

/**
 * The origin of a data set's files. Embedded files come with the project. Verified files have the
 * checksums that their makers or a distributor publish. An unverified copy only has the right sizes
 * and labels.
 */
export type DataProvenance = "embedded" | "verified" | "unverified copy";

/** The properties of a data set, without its images. */
export interface DatasetDescription {
  readonly name: string;
  readonly title: string;
  readonly classes: readonly string[];
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Mean of each channel over the training images, of pixels in 0…1. */
  readonly mean: readonly number[];
  /** The divisor of each channel after the mean is taken away: as a rule, its standard deviation. */
  readonly std: readonly number[];
  /** False if a mirror image may be of another class, as with digits; true if left out. */
  readonly hasFlips?: boolean;
  readonly train: Pick<ImageSet, "count">;
  readonly test: Pick<ImageSet, "count">;
  /**
   * SHA-256 of the shapes, pixels and labels of both sets, and of a `hasFlips` that is false; a part
   * keeps that of the whole data set.
   */
  readonly fingerprint: string;
  readonly provenance: DataProvenance;
}

/** A data set in memory. */
export interface Dataset extends DatasetDescription {
  readonly train: ImageSet;
  readonly test: ImageSet;
}

/** Copies a data set's description without the images. */
export function describeDataset({ train, test, ...rest }: DatasetDescription): DatasetDescription {
  return { ...rest, train: { count: train.count }, test: { count: test.count } };
}

/** Adds the fingerprint to a data set. */
export function withFingerprint(dataset: Omit<Dataset, "fingerprint">): Dataset {
  const { train, test, height, width, channels, hasFlips = true } = dataset;
  const parts = [train, test].flatMap(({ count, images, labels }) => [
    `[${count}, ${height}, ${width}, ${channels}]`,
    images,
    new Uint8Array(labels.buffer, labels.byteOffset, labels.byteLength),
  ]);
  return { ...dataset, fingerprint: sha256(...parts, ...(hasFlips ? [] : ["no flips"])) };
}

/** @throws UserError for an index that is not of the set */
export function checkIndices({ count }: Pick<ImageSet, "count">, indices: ArrayLike<number>): void {
  const wrong = Array.from(indices).find((index) =>
    !(Number.isInteger(index) && index >= 0 && index < count)
  );
  if (wrong !== undefined) {
    throw new UserError(`there is no image ${wrong}; the set has the images 0…${count - 1}`);
  }
}

/** The class of each image. Up to 256 classes fit into bytes. */
export type Labels = Uint8Array | Uint16Array;

/** Makes an array for the labels of a set of images. */
export function makeLabels(count: number, classes: number): Labels {
  return classes <= 256 ? new Uint8Array(count) : new Uint16Array(count);
}

/**
 * Checks the labels of one file.
 *
 * @param first the label of the first class
 * @throws UserError naming the file, the first label that is out of range, and its record (from 0)
 */
export function checkLabels(
  labels: ArrayLike<number>,
  classes: number,
  file: string,
  first = 0,
): void {
  const last = first + classes - 1;
  for (let index = 0; index < labels.length; index++) {
    if (labels[index] >= first && labels[index] <= last) continue;
    const what = `label ${labels[index]} in record ${index}`;
    throw damagedFile(file, `${what} is out of range ${first}…${last}`);
  }
}
