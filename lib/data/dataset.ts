import type { Labels } from "./labels.ts";
import { sha256 } from "../files/sha256.ts";

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
