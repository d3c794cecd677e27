import { forwardFlops, trainingFlops } from "../training/cost.ts";
import type { Workload } from "./workload.ts";

/** How many images a step sent through the networks, as it really did: not what it might have. */
export interface StepWork {
  /** Through the student, forward and backward */
  student: number;
  teacherForward: number;
  /** From the teacher's logits back to the images */
  teacherBackward: number;
}

/** Floating-point operations of the networks in a step, two a multiply-add. */
export function stepFlops({ teacher, student, shape }: Workload, work: StepWork): number {
  const [, height, width] = shape;
  const size = { height, width };
  return trainingFlops(student.architecture, size) * work.student +
    // The way back to the images costs what the way forward does: no gradient of a weight.
    forwardFlops(teacher.architecture, size) * (work.teacherForward + work.teacherBackward);
}
