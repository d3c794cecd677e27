import { sha256 } from "../files/sha256.ts";
import { UserError } from "../user_error.ts";

/** Images and their classes. */
export interface ImageSet {
  /** `[count, height, width, channel]`, row-major */
  readonly images: Uint8Array;
  readonly labels: Labels;
  readonly count: number;
}

/**
 * How far a data set's files can be trusted: they come with the project, they have the checksums that
 * their makers or a distributor state, or they only have the right sizes and labels.
 */
export type DataProvenance = "embedded" | "verified" | "unverified copy";

/** What a data set is like, without its images. */
export interface DatasetDescription {
  readonly name: string;
  readonly title: string;
  readonly classes: readonly string[];
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Per channel, of pixels in 0…1, over the training images */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly train: Pick<ImageSet, "count">;
  readonly test: Pick<ImageSet, "count">;
  /** SHA-256 over shapes, pixels and labels of both sets */
  readonly fingerprint: string;
  readonly provenance: DataProvenance;
}

/** A data set in memory. */
export interface Dataset extends DatasetDescription {
  readonly train: ImageSet;
  readonly test: ImageSet;
}

/** A data set's description on its own, to be kept without the images. */
export function describeDataset({ train, test, ...rest }: DatasetDescription): DatasetDescription {
  return { ...rest, train: { count: train.count }, test: { count: test.count } };
}

/** Completes a data set with its fingerprint. */
export function withFingerprint(dataset: Omit<Dataset, "fingerprint">): Dataset {
  const { train, test, height, width, channels } = dataset;
  const parts = [train, test].flatMap(({ count, images, labels }) => [
    `[${count}, ${height}, ${width}, ${channels}]`,
    images,
    new Uint8Array(labels.buffer, labels.byteOffset, labels.byteLength),
  ]);
  return { ...dataset, fingerprint: sha256(...parts) };
}

/** The class of each image, a byte each where that is enough. */
export type Labels = Uint8Array | Uint16Array;

/** Room for the labels of a set of images in so many classes. */
export function makeLabels(count: number, classes: number): Labels {
  return classes <= 256 ? new Uint8Array(count) : new Uint16Array(count);
}

/**
 * Checks the labels of one file.
 *
 * @param first the label of the first class
 * @throws UserError naming the file, the first label that is out of range, and its record, from 0
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
    throw new UserError(
      `${file} is damaged: label ${labels[index]} in record ${index} is out of range ` +
        `${first}…${last}; delete it and get it again`,
    );
  }
}
