import type { Dataset } from "../data/dataset.ts";
import { methodNamed } from "../distillation/methods.ts";
import { architectureFor } from "../nn/architecture.ts";
import type { FrozenNetwork } from "../nn/frozen_classifier.ts";
import { initialiseResNet } from "../nn/initialise.ts";
import type { ResNet } from "../nn/resnet.ts";
import { DeviceError } from "../backend/device_error.ts";
import { leaveInterruptedWork } from "../stop/leave_interrupted_work.ts";
import { untilStopped } from "../stop/until_stopped.ts";
import { type Checkpoint, CheckpointFolder } from "./checkpoints.ts";
import type { Environment } from "./environment.ts";
import { type EpochRow, EpochSummary } from "./epoch_row.ts";
import { EventTurn } from "../stop/event_turn.ts";
import { initialState, type TrainingState } from "./state.ts";
import { NotFiniteError, type StepInput, teacherOf, trainStep } from "./step.ts";
import { RandomStreams } from "./random_streams.ts";
import type { RunSpecification } from "./run_specification.ts";
import { type TeacherCacheSettings, TeacherLogitCache } from "./teacher_cache/cache.ts";
import { teacherLogitKey } from "./teacher_cache/key.ts";
import { UserError } from "../user_error.ts";
import { miniBatches } from "../data/mini_batches.ts";
import { makeBatch, type MiniBatch } from "./batches.ts";
import { learningRateAt, type Protocol } from "./protocol.ts";
import { freeze } from "../nn/freeze.ts";
import { evaluate } from "./evaluation.ts";

/** What a run needs besides its specification. */
export interface TrainingInput {
  /** Already cut to what the specification says; see `datasetFor`. */
  readonly dataset: Dataset;
  /** null for a method that needs none */
  readonly teacher: FrozenNetwork | null;
  readonly environment: Environment;
  /** Keeps the teacher's logits on disk for later runs; the outcome is the same bits with or without. */
  readonly teacherCache?: TeacherCacheSettings;
  /** The folder for checkpoints; without one, nothing is saved and nothing resumed. */
  readonly checkpoints?: string;
  /**
   * Stops the run at once, as Stop in a notebook does. With a folder for checkpoints, all
   * mini-batches that were finished are saved; one that was not is thrown away.
   */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** Told of what a person should know: a damaged checkpoint, a resumed run, a cache turned off. */
  readonly onMessage?: (message: string) => void;
}

/** How far a run is: mini-batches done, of all of them, and the row of an epoch that just ended. */
export interface TrainingProgress {
  readonly step: number;
  readonly steps: number;
  readonly row?: EpochRow;
}

/** A finished run. */
export interface TrainingResult {
  /** One row an epoch, over all stages. */
  readonly rows: readonly EpochRow[];
  /** The student after its last epoch; the caller disposes of it. */
  readonly student: ResNet;
}

/**
 * Trains a student as the specification says. Every epoch ends with an evaluation on the test images
 * and a checkpoint, and a run that is stopped by its signal with one more; the same call resumes from
 * the last one, and ends in the same weights, bit for bit, as a run that was never interrupted.
 *
 * @throws UserError if loss or weights are no longer finite, naming epoch, step and last checkpoint; or
 *   if the device that computes is lost or refuses its work, naming the last checkpoint
 * @throws DOMException "AbortError" if the signal was given, after the checkpoint was written
 */
export async function train(
  specification: RunSpecification,
  input: TrainingInput,
): Promise<TrainingResult> {
  return await untilStopped(
    input.signal,
    (signal) => trainStoppable(specification, { ...input, signal }),
  );
}

async function trainStoppable(
  specification: RunSpecification,
  input: TrainingInput & { readonly signal: AbortSignal },
): Promise<TrainingResult> {
  const { dataset, teacher, environment, checkpoints, signal } = input;
  const { protocol, options, seed, student } = specification;
  const method = methodNamed(specification.method);
  const frozen = teacherOf({ teacher, method });
  leaveInterruptedWork();
  const random = new RandomStreams(seed).stream("init");
  const initial = initialiseResNet(architectureFor(student, dataset), random);
  const state = initialState({ method, options, protocol }, {
    student: initial,
    teacher: frozen,
    random,
  });
  const folder = checkpoints === undefined
    ? null
    : new CheckpointFolder(checkpoints, specification, environment);
  const teacherCache = openTeacherCache(specification, input);
  try {
    const saved = await folder?.load((message) => input.onMessage?.(message));
    if (saved) {
      state.restore(saved.tensors);
      input.onMessage?.(`resuming after ${describePosition(saved)}`);
    }
    const rows = [...saved?.rows ?? []];

    const schedule = method.stages(options as never, protocol.epochs).flatMap((stage) =>
      Array.from({ length: stage.epochs }, (_, index) => ({ stage, epoch: index + 1 }))
    );
    const stepsAnEpoch = Math.ceil(dataset.train.count / protocol.batchSize);
    const events = new EventTurn(signal);
    const progress = (step: number, row?: EpochRow) =>
      input.onProgress?.({ step, steps: schedule.length * stepsAnEpoch, row });
    for (let index = rows.length; index < schedule.length; index++) {
      const partial = index === saved?.epoch ? saved.partial : undefined;
      const streams = new RandomStreams(seed, index + 1);
      if (partial) streams.restore(partial.streams);
      const summary = new EpochSummary(partial?.sums);
      const before = summary.steps;
      const row = await trainEpoch({
        ...{ dataset, teacher, teacherCache, method, options, protocol, state, streams, events },
        ...schedule[index],
        number: index + 1,
        onStep: (step) => progress(index * stepsAnEpoch + step),
      }, summary).catch(async (error) => {
        const isStopped = error === signal.reason && summary.steps > before;
        if (isStopped && (await state.nonFinite()).length === 0) {
          const partial = { streams: streams.save(), sums: summary.save() };
          await folder?.save({ epoch: index, rows, partial, tensors: await state.save() });
        }
        throw error;
      });
      rows.push(row);
      await folder?.save({ epoch: index + 1, rows, tensors: await state.save() });
      progress((index + 1) * stepsAnEpoch, row);
    }
    state.disposeAllButStudent();
    return { rows, student: state.student };
  } catch (error) {
    state.dispose();
    const remedy = REMEDIES.find(([kind]) => error instanceof kind)?.[1];
    if (remedy === undefined) throw error;
    const last = await folder?.newest();
    const place = last ? `the last good checkpoint is ${last}` : "there is no checkpoint";
    throw new UserError(`${(error as Error).message}; ${place}. ${remedy}`, { cause: error });
  } finally {
    teacherCache?.close();
  }
}

/** What may help, by what ended a run. */
const REMEDIES = [
  [NotFiniteError, "A smaller learning rate, or a smaller attack step (eta), may help."],
  [
    DeviceError,
    "Run the same again, in a notebook from startBackend() on, and it goes on from there.",
  ],
] as const;

function describePosition({ epoch, partial }: Checkpoint): string {
  return partial ? `mini-batch ${partial.sums.steps} of epoch ${epoch + 1}` : `epoch ${epoch}`;
}

function openTeacherCache(
  { teacher: identity, protocol }: RunSpecification,
  { dataset, teacher, teacherCache, environment, onMessage }: TrainingInput,
): TeacherLogitCache | null {
  if (!identity || !teacher || !teacherCache) return null;
  const shown = { ...identity, classes: teacher.classes };
  const key = teacherLogitKey(dataset, shown, protocol.batchSize, environment);
  return new TeacherLogitCache(key, teacherCache, (message) => onMessage?.(message));
}

/** What one pass over a training set needs. */
export interface BatchesInput extends StepInput {
  readonly protocol: Protocol;
  /** The size of the training set. */
  readonly count: number;
  readonly makeBatch: (indices: Int32Array) => MiniBatch;
  /** The epoch counted over all stages, from 1. */
  readonly number: number;
  /** Called after each mini-batch with how many are done. */
  readonly onStep?: (step: number) => void;
}

/**
 * One pass over a training set in mini-batches, from where the summary says that it is. Where it
 * throws, all is as it was after the last mini-batch that was finished.
 *
 * @returns the learning rate that it was made with
 * @throws NotFiniteError if loss or weights are no longer finite
 * @throws DOMException "AbortError" if the signal was given
 */
export async function trainBatches(
  input: BatchesInput,
  summary: EpochSummary,
): Promise<number> {
  const { protocol, state, streams, stage, epoch, number } = input;
  const learningRate = learningRateAt(protocol, epoch, stage.epochs);
  const isNewRate = epoch === 1 ||
    learningRate !== learningRateAt(protocol, epoch - 1, stage.epochs);
  // The published code makes a new optimizer at each change of the learning rate.
  if (isNewRate && summary.steps === 0) state.optimizer.reset();
  const batches = miniBatches(input.count, protocol.batchSize, streams.fromStart("order"));
  while (summary.steps < batches.length) {
    await input.events.take();
    const before = streams.save();
    try {
      const indices = batches[summary.steps];
      const batch = await summary.timed("data", () => input.makeBatch(indices));
      await state.attempt(() => trainStep(input, batch, learningRate, summary));
    } catch (error) {
      streams.restore(before);
      // A loss that could not be taken leaves a gradient without its end.
      leaveInterruptedWork();
      if (!(error instanceof NotFiniteError)) throw error;
      throw new NotFiniteError(`${error.message} in epoch ${number}, step ${summary.steps + 1}`);
    }
    input.onStep?.(summary.steps);
  }
  const nonFinite = await state.nonFinite();
  if (nonFinite.length > 0) {
    throw new NotFiniteError(`${nonFinite[0]} is not finite after epoch ${number}`);
  }
  return learningRate;
}

/** What an epoch needs. */
interface EpochInput extends Omit<BatchesInput, "count" | "makeBatch" | "normalisation"> {
  readonly dataset: Dataset;
  readonly state: TrainingState<ResNet>;
}

/**
 * One pass over the training images in mini-batches, from where the summary says that it is, and the
 * evaluation on the test images after it.
 *
 * @throws NotFiniteError if loss or weights are no longer finite
 * @throws DOMException "AbortError" if the signal was given
 */
async function trainEpoch(input: EpochInput, summary: EpochSummary): Promise<EpochRow> {
  const { dataset, state, streams, stage, number, events } = input;
  const learningRate = await trainBatches(
    {
      ...input,
      normalisation: dataset,
      count: dataset.train.count,
      makeBatch: (indices) => makeBatch(dataset, indices, streams.stream("augmentation")),
    },
    summary,
  );
  const { top1, top5 } = await summary.timed("evaluation", async () => {
    const frozen = freeze(state.student);
    try {
      return await evaluate(frozen, dataset, dataset.test, events);
    } finally {
      frozen.dispose();
    }
  });
  return summary.row({
    epoch: number,
    stage: stage.name,
    learning_rate: learningRate,
    test_accuracy: top1,
    test_top5_accuracy: top5,
  });
}
