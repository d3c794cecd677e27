import * as tf from "@tensorflow/tfjs";
import { distanceAlong } from "./distance_along.ts";
import type { AttackClasses, AttackResult } from "../../attack/attack.ts";
import { bssAttack, type BssAttackOptions } from "../../attack/bss.ts";
import type { FrozenClassifier } from "../../nn/frozen_classifier.ts";
import { topClasses } from "../../selection/probabilities.ts";

/** Boundary supporting samples of the same image and target class on two networks. */
export interface BoundaryPair {
  /** Whether the sample of each network reached its target class */
  readonly crossed: { readonly teacher: boolean; readonly student: boolean };
  /** The smaller of the perturbations' norms over the larger, 0…1; null where one is zero */
  readonly magnitude: number | null;
  /** The cosine between the perturbations, −1…1; null where one is zero */
  readonly angle: number | null;
  /**
   * L2 distances to the boundary of the base class, in normalised pixels; null where there is none
   * within four times the perturbation's norm
   */
  readonly distance: {
    /** To the teacher's, along its own perturbation */
    readonly teacher: number | null;
    /** To the student's, along its own */
    readonly student: number | null;
    /** To the student's, along the teacher's */
    readonly studentAlongTeacher: number | null;
  };
  /** Whether both networks put the sample in the same class, that of the teacher and that of the student */
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
  classes: AttackClasses,
  options: BssAttackOptions,
): Promise<BoundaryPair[]> {
  const onTeacher = await bssAttack(teacher, images, classes, options);
  const onStudent = await bssAttack(student, images, classes, options);
  const [teachers, students] = [onTeacher, onStudent].map(({ samples }) =>
    tf.sub(samples, images)
  ) as tf.Tensor4D[];
  const products = tf.tidy(() => tf.sum(tf.mul(teachers, students), [1, 2, 3]));
  const inner = await products.data();
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
  tf.dispose([teachers, students, products]);
  tf.dispose([onTeacher, onStudent].flatMap(({ samples, logits }) => [samples, logits]));

  return Array.from(inner, (product, i) => {
    const norms = [onTeacher.norms[i], onStudent.norms[i]];
    const [smaller, larger] = [Math.min(...norms), Math.max(...norms)];
    return {
      crossed: { teacher: onTeacher.success[i], student: onStudent.success[i] },
      magnitude: smaller > 0 ? smaller / larger : null,
      angle: smaller > 0 ? product / (smaller * larger) : null,
      distance: {
        teacher: distances.teacher[i],
        student: distances.student[i],
        studentAlongTeacher: distances.studentAlongTeacher[i],
      },
      agreement: {
        onTeachers: agreement.onTeachers[i],
        onStudents: agreement.onStudents[i],
      },
    };
  });
}

/** Whether the other network puts each sample in the class in which the attacked one does. */
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
