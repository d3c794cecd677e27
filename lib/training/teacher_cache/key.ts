import { AUGMENTATIONS } from "../../data/augment.ts";
import type { Dataset } from "../../data/dataset.ts";
import { sha256 } from "../../files/sha256.ts";
import type { Environment } from "../environment.ts";
import type { Precision } from "../../nn/freeze.ts";
import { canonicalJson } from "../run_specification.ts";

/** Everything that a teacher's logits depend on, besides which augmented image they are for. */
export interface TeacherLogitKey extends Environment {
  /** Of the cache's file: goes up when its layout or the numbering of augmentations changes. */
  readonly format: 1;
  readonly set: "train";
  /** SHA-256 of the training images as this run counts them: shape, normalisation, pixels */
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
 * The key of a run's teacher logits. It holds the images themselves, not the data set's fingerprint:
 * that is the same for every part of a data set, but image 7 of one part is not image 7 of another.
 *
 * @param teacher the hash of its weights, its number of classes, and what it computes in
 */
export function teacherLogitKey(
  { train, height, width, channels, mean, std }: Dataset,
  teacher: {
    readonly hash: string;
    readonly classes: number;
    readonly precision?: Precision;
  },
  batchSize: number,
  { backend, tfjs, arithmetic }: Environment,
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
    arithmetic,
    precision: teacher.precision ?? "f32",
  };
}

/**
 * Where the logits of a batch lie in the cache's file: those of full batches first, by image number;
 * then those of the smaller last one of an epoch, which may be rounded otherwise.
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
