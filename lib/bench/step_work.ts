import { forwardFlops, trainingFlops } from "../training/cost.ts";
import type { Workload } from "./workload.ts";

/** The numbers of images that a step really sent through the networks. */
export interface StepWork {
  /** Through the student, forward and backward. */
  student: number;
  teacherForward: number;
  /** From the teacher's logits back to the images. */
  teacherBackward: number;
}

/** Counts the networks' floating-point operations in a step, two a multiply-add. */
export function stepFlops({ teacher, student, shape }: Workload, work: StepWork): number {
  const [, height, width] = shape;
  const size = { height, width };
  return trainingFlops(student.architecture, size) * work.student +
    // The pass back to the images costs as much as a forward pass, since it has no weight gradients.
    forwardFlops(teacher.architecture, size) * (work.teacherForward + work.teacherBackward);
}
