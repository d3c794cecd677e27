import * as tf from "@tensorflow/tfjs";
import type { Attack } from "../attack/attack.ts";
import { attackNormalised, type Normalisation } from "../attack/pixel_space.ts";
import type {
  DistillationMethod,
  METHOD_PHASES,
  ResolvedOptions,
  Stage,
  StepContext,
} from "../distillation/method.ts";
import {
  countedNetwork,
  type FrozenNetwork,
  type Pullback,
  restrictPullback,
} from "../nn/frozen_classifier.ts";
import type { Network } from "../nn/network.ts";
import { gatherRows } from "../tensors/rows.ts";
import { UserError } from "../user_error.ts";
import type { MiniBatch } from "./batches.ts";
import type { EpochSummary } from "./epoch_row.ts";
import { GradientAccumulator } from "./gradients.ts";
import type { RandomStreams } from "./random_streams.ts";
import type { TrainingState } from "./state.ts";
import type { TeacherLogitCache } from "./teacher_cache/cache.ts";

/** Thrown when loss or weights are no longer finite; the message says where. */
export class NotFiniteError extends Error {
  override readonly name = "NotFiniteError";
}

/** The input of a training step besides its mini-batch. */
export interface StepInput {
  /** The normalisation of the images */
  readonly normalisation: Normalisation;
  /** The labels of the training images */
  readonly trainingLabels: ArrayLike<number>;
  /** null only for a method that needs none */
  readonly teacher: FrozenNetwork;
  readonly teacherCache: LogitCache | null;
  readonly method: DistillationMethod;
  /** The method's options */
  readonly options: ResolvedOptions;
  readonly state: TrainingState<Network>;
  /** The streams of this epoch */
  readonly streams: RandomStreams;
  readonly stage: Stage;
  /** e = 1 … E of the stage */
  readonly epoch: number;
}

type LogitCache = Pick<TeacherLogitCache, "read" | "store">;

/**
 * Takes one step of the optimizer, on the loss that the method makes of a mini-batch. If it throws, it
 * has changed nothing but variables that are not trained and random streams, unless the computing
 * device was lost.
 *
 * @param batch is disposed of
 * @throws NotFiniteError if the loss is not finite
 * @throws UserError if the method gives no loss, or one that is not made of scalars, or does not wait
 *   for its passes
 * @throws DOMException "AbortError" if the work around it was stopped
 */
export async function trainStep(
  input: StepInput,
  batch: MiniBatch,
  learningRate: number,
  summary: EpochSummary,
): Promise<void> {
  const { method, options, state, streams, stage, epoch } = input;
  let teacherImages = 0;
  /** The passes that the method has begun, and that have not ended */
  const passes = new Set<Promise<unknown>>();
  const failures: unknown[] = [];
  const teacher = input.teacher &&
    countedNetwork(input.teacher, (images) => teacherImages += images);
  const context = beginStep(batch, {
    normalisation: input.normalisation,
    trainingLabels: input.trainingLabels,
    teacher,
    teacherCache: input.teacherCache,
    gradients: new GradientAccumulator(state.student, state.trained, state.precision),
    variables: state.own,
    stage: stage.name,
    epoch,
    epochs: stage.epochs,
    random: (stream) => streams.stream(stream),
    timed: (phase, work) => {
      const pass = summary.timed(phase, work).finally(() => passes.delete(pass));
      passes.add(pass);
      // Noted here, since a method may not wait for it.
      pass.catch((error) => failures.push(error));
      return pass;
    },
  });
  try {
    const report = await summary.timed("selection", async () => {
      const report = await method.step(options, context);
      if (failures.length > 0) throw failures[0];
      if (passes.size === 0) return report;
      throw new UserError(
        `the step of method "${method.name}" ended before a pass that it began; it must await each`,
      );
    });
    await summary.timed("optimizer", async () => {
      const losses = await context.gradients.losses();
      if (losses.size === 0) {
        throw new UserError(
          `method "${method.name}" gave no loss in this step; its step must call studentPass with one`,
        );
      }
      const bad = [...losses].find(([, value]) => !Number.isFinite(value));
      if (bad) throw new NotFiniteError(`the loss is not finite (${bad[0]} is ${bad[1]})`);
      const correct = await context.correct();
      state.optimizer.apply(state.trained, context.gradients.gradients, learningRate);
      const { asked, cached, repeated } = context.counts;
      summary.addStep({
        ...report,
        images: batch.labelValues.length,
        losses,
        correct,
        asked,
        cached,
        teacherImages: teacherImages + cached - repeated,
      });
    });
  } finally {
    await settle(passes);
    context.dispose();
  }
}

/** Waits for passes, and for those that follow them, so that none loses its tensors on its way. */
async function settle(passes: ReadonlySet<Promise<unknown>>): Promise<void> {
  while (passes.size > 0) {
    await Promise.allSettled(passes);
    await new Promise((resolve) => setTimeout(resolve));
  }
}

type MethodPhase = typeof METHOD_PHASES[number];

/** The input of one mini-batch's passes. */
interface PassInput extends
  Pick<
    StepContext,
    "trainingLabels" | "variables" | "teacher" | "stage" | "epoch" | "epochs" | "random"
  > {
  readonly normalisation: Normalisation;
  readonly teacherCache: LogitCache | null;
  readonly gradients: GradientAccumulator;
  /** Times a phase of the step. */
  readonly timed: <T>(phase: MethodPhase, work: () => Promise<T> | T) => Promise<T>;
}

/** A mini-batch on its way through a step. */
export interface MiniBatchStep extends StepContext {
  readonly gradients: GradientAccumulator;
  readonly counts: {
    /** The images for which the teacher's logits were asked */
    asked: number;
    /** The images among them that the cache had */
    cached: number;
    /** Images that the teacher saw again, because the cache has logits but no way back to images */
    repeated: number;
  };
  /** Counts the images that the student classified correctly; null if it did not see them. */
  correct(): Promise<number | null>;
  dispose(): void;
}

/**
 * Begins a step: makes the method's passes, and owns all their tensors.
 *
 * @param batch belongs to the step from now on
 */
export function beginStep(batch: MiniBatch, input: PassInput): MiniBatchStep {
  const { images, labels, imageNumbers } = batch;
  const { teacher, teacherCache, gradients, normalisation, random, timed } = input;
  const owned: tf.Tensor[] = [images, labels];
  const counts = { asked: 0, cached: 0, repeated: 0 };
  let firstPass: Pullback | null = null;
  /** True if an attack follows, and the cache spared the pass that it would start from. */
  let isPassSpared = false;
  let studentLogits: tf.Tensor2D | null = null;

  function own<T extends tf.Tensor>(tensor: T): T {
    owned.push(tensor);
    return tensor;
  }

  /** Gives the first pass of an attack that takes one; pixel attacks ignore it. */
  function startOf(attack: Attack, base: tf.Tensor4D, rows: ArrayLike<number>) {
    if (firstPass) return restrictPullback(firstPass, rows);
    if (!isPassSpared || attack.units !== "normalised") return undefined;
    counts.repeated += rows.length;
    return teacher.pullback(base);
  }

  function checkTeacher(): void {
    if (teacher) return;
    throw new UserError("a method that says needsTeacher: false must not ask for the teacher");
  }

  return {
    ...batch,
    ...input,
    counts,
    own,
    teacherPass: ({ attackFollows = false } = {}) =>
      timed("teacher", async () => {
        checkTeacher();
        const kept = teacherCache?.read(imageNumbers);
        counts.asked += imageNumbers.length;
        if (kept) {
          counts.cached += imageNumbers.length;
          isPassSpared ||= attackFollows;
          return own(tf.tensor2d(kept, [imageNumbers.length, teacher.classes]));
        }
        // All images or none: a smaller batch might be rounded differently.
        if (attackFollows) firstPass ??= teacher.pullback(images);
        const logits = own(firstPass?.logits ?? teacher.logits(images));
        teacherCache?.store(imageNumbers, await logits.data<"float32">());
        return logits;
      }),
    teacherFeatures: () =>
      timed("teacher", () => {
        checkTeacher();
        const { logits, features } = teacher.forward(images);
        return { logits: own(logits), features: features.map(own) };
      }),
    studentPass: (some, loss) =>
      timed("student", () => {
        const logits = own(gradients.backward(some, loss));
        if (some === images) studentLogits = logits;
        return logits;
      }),
    attackTeacher: (attack, rows, classes, options = {}) =>
      timed("attack", async () => {
        checkTeacher();
        const base = gatherRows(images, rows);
        let start: Pullback | undefined;
        try {
          start = startOf(attack, base, rows);
          const context = { random: random("attack"), start };
          const result = await attackNormalised(
            attack,
            normalisation,
            teacher,
            base,
            classes,
            options,
            context,
          );
          return { ...result, samples: own(result.samples), logits: own(result.logits) };
        } finally {
          base.dispose();
          start?.dispose();
          start?.logits.dispose();
        }
      }),
    async correct() {
      const logits = studentLogits;
      if (!logits) return null;
      const hits = tf.tidy(() => tf.sum(tf.equal(tf.argMax(logits, 1), labels)));
      const [count] = await hits.data();
      hits.dispose();
      return count;
    },
    dispose() {
      firstPass?.dispose();
      gradients.dispose();
      tf.dispose(owned);
    },
  };
}
