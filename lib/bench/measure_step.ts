import { forwardFlops, trainingFlops } from "../training/cost.ts";
import { repeat, type Repeats } from "./repeat.ts";
import { median } from "../analysis/statistics/median_interval.ts";
import { type Part, PARTS, runForward, runStep, type StepWork } from "./run_step.ts";
import type { PreparedWorkload } from "./prepared_workload.ts";
import type { StepOutcome, Workload } from "./workload.ts";

/** The names of the times in the order of the tables, also in JSON and in PyTorch's script. */
export const TIMES = ["bss_step_ms", "student_step_ms", "teacher_forward_ms"] as const;
export type StepTimes = Readonly<Record<typeof TIMES[number], number>>;

/** The result of a round: times in ms, each a median of the repeats. */
export interface MeasuredStep {
  readonly times: StepTimes;
  /** The parts of the BSS step. */
  readonly parts: Readonly<Record<Part, number>>;
  /** The outcome of the BSS step, the same for every repeat. */
  readonly outcome: StepOutcome;
  /** The floating-point operations of each timed part. */
  readonly flops: StepTimes;
}

/** Times a BSS step, a step of the student alone, and the teacher's forward pass. */
export async function measureStep(
  prepared: PreparedWorkload,
  repeats: Repeats,
): Promise<MeasuredStep> {
  const { workload } = prepared;
  const [images, height, width] = workload.shape;
  const restore = () => prepared.restore();
  const bss = await repeat(() => runStep("bss", prepared), repeats, restore);
  const student = await repeat(() => runStep("original", prepared), repeats, restore);
  const teacher = await repeat(() => runForward(prepared.teacher, prepared.images), repeats);
  return {
    times: {
      bss_step_ms: median(bss.map(({ ms }) => ms)),
      student_step_ms: median(student.map(({ ms }) => ms)),
      teacher_forward_ms: median(teacher),
    },
    parts: partMedians(bss.map(({ parts }) => parts)),
    outcome: bss[0].outcome,
    flops: {
      bss_step_ms: stepFlops(workload, bss[0].work),
      student_step_ms: stepFlops(workload, student[0].work),
      teacher_forward_ms: images *
        forwardFlops(workload.teacher.architecture, { height, width }),
    },
  };
}

/** Takes the medians over the rounds, whose times are themselves medians. */
export function medianOfRounds(rounds: readonly MeasuredStep[]): MeasuredStep {
  const times = TIMES.map((name) => [name, median(rounds.map(({ times }) => times[name]))]);
  return {
    times: Object.fromEntries(times) as StepTimes,
    parts: partMedians(rounds.map(({ parts }) => parts)),
    outcome: rounds[0].outcome,
    flops: rounds[0].flops,
  };
}

function partMedians(all: readonly Readonly<Record<Part, number>>[]): Record<Part, number> {
  const entries = PARTS.map((part) => [part, median(all.map((parts) => parts[part]))]);
  return Object.fromEntries(entries) as Record<Part, number>;
}

/** Counts the networks' floating-point operations in a step, two a multiply-add. */
export function stepFlops({ teacher, student, shape }: Workload, work: StepWork): number {
  const [, height, width] = shape;
  const size = { height, width };
  return trainingFlops(student.architecture, size) * work.student +
    // The pass back to the images costs as much as a forward pass, since it has no weight gradients.
    forwardFlops(teacher.architecture, size) * (work.teacherForward + work.teacherBackward);
}
