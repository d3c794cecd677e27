import * as tf from "@tensorflow/tfjs";
import { finishWork } from "../backend/finish_work.ts";
import type { DistillationMethod, MethodPhase, StepReport } from "../distillation/method.ts";
import { countedNetwork, type FrozenClassifier } from "../nn/frozen_classifier.ts";
import { resolveOptions } from "../options.ts";
import { NORMALISATION } from "../parity/golden_folder.ts";
import { cleanPass, GradientAccumulator } from "../training/step.ts";
import type { PreparedWorkload } from "./prepared_workload.ts";
import type { StepWork } from "./step_work.ts";
import { type LossTerm, OPTIMIZER, SCHEDULE, type StepOutcome, TERM_WEIGHTS } from "./workload.ts";

/** The parts of a step, in their order; "rest" is the time outside of all others. */
export const PARTS = [
  "teacher",
  "student, batch",
  "selection",
  "attack",
  "student, samples",
  "optimizer",
  "rest",
] as const;
export type Part = typeof PARTS[number];

/** The times and the outcome of one training step. */
export interface TimedStep {
  readonly ms: number;
  readonly parts: Readonly<Record<Part, number>>;
  readonly outcome: StepOutcome;
  readonly work: StepWork;
}

/**
 * Takes a step exactly as the training loop does: it computes the method's loss, adds up the
 * gradients of the passes, reads the losses and applies the optimizer.
 *
 * @param method "bss", or "original" for a step of the student alone
 */
export async function runStep(
  method: DistillationMethod,
  prepared: PreparedWorkload,
): Promise<TimedStep> {
  const { workload, images, labels, student, optimizer } = prepared;
  const work: StepWork = { student: 0, teacherForward: 0, teacherBackward: 0 };
  const teacher = countedNetwork(prepared.teacher, (images, way) => {
    work[way === "forward" ? "teacherForward" : "teacherBackward"] += images;
  });
  const options = methodOptions(method, prepared);
  const parts = Object.fromEntries(PARTS.map((part) => [part, 0])) as Record<Part, number>;
  let passed: Part = "student, batch";
  const timed = async <T>(phase: MethodPhase | "optimizer", action: () => Promise<T> | T) => {
    const start = performance.now();
    const result = await action();
    await finishWork();
    parts[phase === "student" ? passed : phase] += performance.now() - start;
    return result;
  };

  const start = performance.now();
  const accumulator = new GradientAccumulator(student, student.parameters, new Map());
  const report = await method.step(options as never, {
    images,
    labels,
    labelValues: workload.labels,
    normalisation: NORMALISATION,
    teacher,
    stage: "train",
    ...SCHEDULE,
    cleanPass: (wanted) => cleanPassOf(prepared, teacher, wanted.pullback),
    backward: (batch, loss) => {
      work.student += batch.shape[0];
      passed = batch === images ? "student, batch" : "student, samples";
      return accumulator.backward(batch, loss);
    },
    random: () => numbersFrom(workload.uniform),
    timed,
    turn: async () => {},
  });
  const losses = await timed("optimizer", async () => {
    const losses = await accumulator.losses();
    optimizer.apply(student.parameters, accumulator.gradients, OPTIMIZER.learningRate);
    return losses;
  });
  accumulator.dispose();
  const ms = performance.now() - start;
  parts.rest = ms - Object.values(parts).reduce((sum, value) => sum + value, 0);
  return { ms, parts, outcome: outcomeOf(report, losses), work };
}

/** Times the teacher's forward pass over the images, including the reading of its logits; in ms. */
export async function runTeacherForward({ teacher, images }: PreparedWorkload): Promise<number> {
  const start = performance.now();
  const logits = teacher.logits(images);
  await logits.data();
  logits.dispose();
  return performance.now() - start;
}

/** Takes those of the workload's settings that are options of the method. */
function methodOptions(method: DistillationMethod, { workload }: PreparedWorkload) {
  const settings = Object.entries(workload.settings);
  const own = settings.filter(([name]) => Object.hasOwn(method.options, name));
  return resolveOptions(method.name, method.options, Object.fromEntries(own));
}

async function cleanPassOf(
  { images, cachedLogits, workload }: PreparedWorkload,
  teacher: FrozenClassifier,
  pullback: boolean,
) {
  if (cachedLogits === null) {
    const imageNumbers = new Float64Array(workload.labels.length);
    return await cleanPass(teacher, { images, imageNumbers }, null, () => {}, { pullback });
  }
  const logits = tf.tensor2d(cachedLogits, [workload.labels.length, teacher.classes]);
  return { logits, pullback: null, dispose: () => logits.dispose() };
}

/** The workload's own numbers, from the first on at each step. */
function numbersFrom(values: Float32Array): () => number {
  let next = 0;
  return () => values[next++ % values.length];
}

function outcomeOf({ attack }: StepReport, losses: ReadonlyMap<string, number>): StepOutcome {
  const terms = Object.entries(TERM_WEIGHTS).map(([name, weight]) => [
    name,
    (losses.get(name) ?? 0) / weight,
  ]);
  return {
    steps: Array.from(attack?.steps ?? []),
    terms: Object.fromEntries(terms) as Record<LossTerm, number>,
  };
}
