import * as tf from "@tensorflow/tfjs";
import type { AttackClasses, AttackResult } from "../../attack/attack.ts";
import { bssAttack, type BssAttackOptions } from "../../attack/bss.ts";
import type { FrozenClassifier } from "../../nn/frozen_classifier.ts";
import { scaleRows, topClasses } from "../../tensors/rows.ts";
import { clampPixels } from "../../attack/pixel_space.ts";
import { steepest } from "../../attack/ball.ts";

/** Boundary supporting samples of the same image and target class on two networks. */
export interface BoundaryPair {
  /** True for each network whose sample reached the target class. */
  readonly crossed: { readonly teacher: boolean; readonly student: boolean };
  /** The smaller of the perturbations' norms divided by the larger, 0…1; null if one is zero. */
  readonly magnitude: number | null;
  /** The cosine between the perturbations, −1…1; null if one is zero. */
  readonly angle: number | null;
  /**
   * L2 distances to the boundary of the base class, in normalised pixels; null if there is no
   * boundary within four times the perturbation's norm.
   */
  readonly distance: {
    /** To the teacher's boundary, along the teacher's perturbation. */
    readonly teacher: number | null;
    /** To the student's boundary, along the student's perturbation. */
    readonly student: number | null;
    /** To the student's boundary, along the teacher's perturbation. */
    readonly studentAlongTeacher: number | null;
  };
  /**
   * The smaller of the two networks' distances, each along its own perturbation, divided by the
   * larger, 0…1; null if one has none.
   */
  readonly distanceRatio: number | null;
  /** The L2 norm of each network's perturbation, in normalised pixels. */
  readonly norms: { readonly teacher: number; readonly student: number };
  /** The lead of the base class over the target class on the image, in each network's logits. */
  readonly gaps: { readonly teacher: number; readonly student: number };
  /**
   * The part of `angle` from pixels that lie beyond the clamp on the image itself: both attacks move
   * them back alike, wherever the boundaries are. Null if `angle` is.
   */
  readonly angleFromClamp: number | null;
  /** True if both networks put the teacher's, or the student's, sample in the same class. */
  readonly agreement: { readonly onTeachers: boolean; readonly onStudents: boolean };
}

/**
 * Attacks the same images on both networks (Heo et al. 2019).
 *
 * @param images `[n, h, w, c]`, normalised
 */
export async function boundaryPairs(
  teacher: FrozenClassifier,
  student: FrozenClassifier,
  images: tf.Tensor4D,
  classes: Required<AttackClasses>,
  options: BssAttackOptions,
): Promise<BoundaryPair[]> {
  const onTeacher = await bssAttack(teacher, images, classes, options);
  const onStudent = await bssAttack(student, images, classes, options);
  const [teachers, students] = [onTeacher, onStudent].map(({ samples }) =>
    tf.sub(samples, images)
  ) as tf.Tensor4D[];
  const [products, clamped] = tf.tidy(() => {
    const byPixel = tf.mul(teachers, students);
    const isBeyond = tf.notEqual(images, clampPixels(images, options.clamp));
    return [byPixel, tf.mul(byPixel, tf.cast(isBeyond, "float32"))]
      .map((values) => tf.sum(values, [1, 2, 3]));
  });
  const [inner, innerClamped] = [await products.data(), await clamped.data()];
  const along = (classifier: FrozenClassifier, directions: tf.Tensor4D, { norms }: AttackResult) =>
    distanceAlong(classifier, images, directions, norms, classes.labels);
  const distances = {
    teacher: await along(teacher, teachers, onTeacher),
    student: await along(student, students, onStudent),
    studentAlongTeacher: await along(student, teachers, onTeacher),
  };
  const agreement = {
    onTeachers: await agreementOn(onTeacher, student),
    onStudents: await agreementOn(onStudent, teacher),
  };
  const gaps = {
    teacher: await gapsOf(teacher, images, classes),
    student: await gapsOf(student, images, classes),
  };
  tf.dispose([teachers, students, products, clamped]);
  tf.dispose([onTeacher, onStudent].flatMap(({ samples, logits }) => [samples, logits]));

  return Array.from(inner, (product, i) => {
    const norms = [onTeacher.norms[i], onStudent.norms[i]];
    const [smaller, larger] = [Math.min(...norms), Math.max(...norms)];
    const cosine = (product: number) => smaller > 0 ? product / (smaller * larger) : null;
    return {
      crossed: { teacher: onTeacher.success[i], student: onStudent.success[i] },
      magnitude: smaller > 0 ? smaller / larger : null,
      angle: cosine(product),
      distance: {
        teacher: distances.teacher[i],
        student: distances.student[i],
        studentAlongTeacher: distances.studentAlongTeacher[i],
      },
      distanceRatio: ratioOf(distances.teacher[i], distances.student[i]),
      norms: { teacher: onTeacher.norms[i], student: onStudent.norms[i] },
      gaps: { teacher: gaps.teacher[i], student: gaps.student[i] },
      angleFromClamp: cosine(innerClamped[i]),
      agreement: {
        onTeachers: agreement.onTeachers[i],
        onStudents: agreement.onStudents[i],
      },
    };
  });
}

/** The smaller of two distances divided by the larger; null if one is missing. */
function ratioOf(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : Math.min(one, other) / Math.max(one, other);
}

/** Computes how far each image's base class leads its target class, in logits. */
async function gapsOf(
  classifier: FrozenClassifier,
  images: tf.Tensor4D,
  { labels, targets }: Required<AttackClasses>,
): Promise<number[]> {
  const logits = classifier.logits(images);
  const values = await logits.data();
  logits.dispose();
  const { classes } = classifier;
  return Array.from(
    { length: images.shape[0] },
    (_, i) => values[i * classes + labels[i]] - values[i * classes + targets[i]],
  );
}

/** True for each sample that the other network puts in the same class as the attacked network. */
async function agreementOn(
  { samples, logits }: AttackResult,
  other: FrozenClassifier,
): Promise<boolean[]> {
  const theirs = other.logits(samples);
  const [ours, others] = (await Promise.all([logits.data(), theirs.data()]))
    .map((values) => topClasses(values, other.classes));
  theirs.dispose();
  return Array.from(ours, (top, i) => top === others[i]);
}

/** The number of times that the search doubles its reach before it gives up. */
const DOUBLINGS = 2;

/** The number of halvings of the interval around the boundary: to 1/4096 of it. */
const BISECTIONS = 12;

/**
 * Measures the distance of each image from the boundary of its base class along a direction. The
 * boundary is a place where another class takes the lead. If there are several, the function finds
 * one of them.
 *
 * @param images `[n, h, w, c]`
 * @param directions perturbations of any length, in the units of the images
 * @param reach the expected distance of each image, in the same units
 * @param base the class of each image
 * @returns L2 distances in the units of the images; null if no other class leads at one, two or
 *   four times `reach`, or if the direction is zero
 */
export async function distanceAlong(
  classifier: FrozenClassifier,
  images: tf.Tensor4D,
  directions: tf.Tensor4D,
  reach: ArrayLike<number>,
  base: ArrayLike<number>,
): Promise<(number | null)[]> {
  const count = images.shape[0];
  if (count === 0) return [];
  const units = steepest(directions, "l2");
  const isBeyond = async (distances: Float64Array): Promise<boolean[]> => {
    const logits = tf.tidy(() =>
      classifier.logits(
        tf.add(images, scaleRows(units, tf.tensor1d(Float32Array.from(distances)))),
      )
    );
    const top = topClasses(await logits.data(), classifier.classes);
    logits.dispose();
    return Array.from(top, (k, i) => k !== base[i]);
  };

  const near = new Float64Array(count);
  const far = Float64Array.from({ length: count }, (_, i) => reach[i]);
  let crossed = await isBeyond(far);
  for (let k = 0; k < DOUBLINGS; k++) {
    crossed.forEach((beyond, i) => {
      if (beyond) return;
      near[i] = far[i];
      far[i] *= 2;
    });
    const now = await isBeyond(far);
    crossed = crossed.map((beyond, i) => beyond || now[i]);
  }
  for (let k = 0; k < BISECTIONS; k++) {
    const middle = near.map((distance, i) => (distance + far[i]) / 2);
    (await isBeyond(middle)).forEach((beyond, i) => (beyond ? far : near)[i] = middle[i]);
  }
  units.dispose();
  return crossed.map((beyond, i) => beyond && far[i] > 0 ? (near[i] + far[i]) / 2 : null);
}
