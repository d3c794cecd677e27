import { AUGMENTATIONS } from "../../data/augment.ts";
import type { Dataset } from "../../data/dataset.ts";
import { sha256 } from "../../files/sha256.ts";
import type { Environment } from "../environment.ts";
import type { Precision } from "../../nn/precision.ts";
import { canonicalJson } from "../run_specification.ts";

/** Everything that a teacher's logits depend on, except the augmented image. */
export interface TeacherLogitKey extends Environment {
  /** The format of the file; it changes with the layout or the numbering of augmentations. */
  readonly format: 1;
  readonly set: "train";
  /** SHA-256 of shape, normalisation and pixels of the training images, in this run's order */
  readonly images: string;
  readonly count: number;
  /** A backend may choose its algorithm, and so its rounding, by the size of a batch. */
  readonly batchSize: number;
  readonly classes: number;
  /** SHA-256 of the teacher's weights */
  readonly teacher: string;
  readonly precision: Precision;
}

/**
 * Makes the key of a run's teacher logits. It hashes the images themselves. The data set's fingerprint
 * is the same for every part of a data set, but image 7 of one part is not image 7 of another.
 *
 * @param teacher the hash of its weights, its number of classes, and its precision
 */
export function teacherLogitKey(
  { train, height, width, channels, mean, std }: Dataset,
  teacher: {
    readonly hash: string;
    readonly classes: number;
    readonly precision?: Precision;
  },
  batchSize: number,
  { backend, tfjs, threads, arithmetic }: Environment,
): TeacherLogitKey {
  const shape = [train.count, height, width, channels];
  return {
    format: 1,
    set: "train",
    images: sha256(canonicalJson({ shape, mean, std }), train.images),
    count: train.count,
    batchSize,
    classes: teacher.classes,
    teacher: teacher.hash,
    backend,
    tfjs,
    threads,
    arithmetic,
    precision: teacher.precision ?? "f32",
  };
}

/**
 * Numbers the slots of a batch in the cache's file. Images of full batches come first, by image number;
 * then images of an epoch's smaller last batch, which may be rounded differently.
 *
 * @param imageNumbers see `augmentedImageNumbers`
 */
export function slotsOf(
  { count, batchSize }: TeacherLogitKey,
  imageNumbers: Float64Array,
): Float64Array {
  if (imageNumbers.length === batchSize) return imageNumbers;
  return imageNumbers.map((number) => number + count * AUGMENTATIONS);
}
