import * as tf from "@tensorflow/tfjs";
import type { DistillationMethod, StepReport } from "../distillation/method.ts";
import { methodNamed } from "../distillation/methods.ts";
import { countedNetwork, type FrozenClassifier } from "../nn/frozen_classifier.ts";
import { resolveOptions } from "../options.ts";
import { CIFAR10_NORMALISATION } from "../data/cifar10.ts";
import type { MiniBatch } from "../training/batches.ts";
import { PhaseClock } from "../training/phase_clock.ts";
import { beginStep } from "../training/step.ts";
import { GradientAccumulator } from "../training/gradients.ts";
import type { PreparedWorkload } from "./prepared_workload.ts";
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

/** The numbers of images that a step really sent through the networks. */
export interface StepWork {
  /** Through the student, forward and backward. */
  student: number;
  teacherForward: number;
  /** From the teacher's logits back to the images. */
  teacherBackward: number;
}

/** The times and the outcome of one training step. */
interface TimedStep {
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
  name: string,
  prepared: PreparedWorkload,
): Promise<TimedStep> {
  const method = methodNamed(name);
  const { workload, student, optimizer, cachedLogits, studentPrecision } = prepared;
  const work: StepWork = { student: 0, teacherForward: 0, teacherBackward: 0 };
  const parts = Object.fromEntries(PARTS.map((part) => [part, 0])) as Record<Part, number>;
  const clock = new PhaseClock(parts);
  let passed: Part = "student, batch";

  const start = performance.now();
  const step = beginStep(batchOf(prepared), {
    normalisation: CIFAR10_NORMALISATION,
    trainingLabels: prepared.workload.labels,
    teacher: countedNetwork(prepared.teacher, (images, way) => {
      work[way === "forward" ? "teacherForward" : "teacherBackward"] += images;
    }),
    teacherCache: cachedLogits === null ? null : { read: () => cachedLogits, store() {} },
    gradients: new GradientAccumulator(student, student.parameters, studentPrecision),
    variables: new Map(),
    stage: "train",
    ...SCHEDULE,
    random: () => numbersFrom(workload.uniform),
    timed: (phase, action) => clock.timed(phase === "student" ? passed : phase, action),
  });
  const report = await clock.timed("selection", () =>
    method.step(methodOptions(method, prepared), {
      ...step,
      studentPass(images, loss) {
        work.student += images.shape[0];
        passed = images === step.images ? "student, batch" : "student, samples";
        return step.studentPass(images, loss);
      },
    }));
  const losses = await clock.timed("optimizer", async () => {
    const losses = await step.gradients.losses();
    optimizer.apply(student.parameters, step.gradients.gradients, OPTIMIZER.learningRate);
    return losses;
  });
  step.dispose();
  const ms = performance.now() - start;
  for (const part of PARTS) parts[part] *= 1000;
  parts.rest = ms - Object.values(parts).reduce((sum, value) => sum + value, 0);
  return { ms, parts, outcome: outcomeOf(report ?? {}, losses), work };
}

/** Clones the workload's tensors, since a step frees its own. */
function batchOf({ images, labels, workload }: PreparedWorkload): MiniBatch {
  return {
    images: tf.clone(images),
    labels: tf.clone(labels),
    labelValues: workload.labels,
    indices: Int32Array.from(workload.labels.keys()),
    imageNumbers: new Float64Array(workload.labels.length),
  };
}

/** Times a forward pass over images, including the reading of the logits; in ms. */
export async function runForward(network: FrozenClassifier, images: tf.Tensor4D): Promise<number> {
  const start = performance.now();
  const logits = network.logits(images);
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

/** Gives the workload's own numbers, from the first on at each step. */
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
