import type { Dataset } from "../data/dataset.ts";
import { methodNamed } from "../distillation/methods.ts";
import { architectureFor } from "../nn/architecture.ts";
import type { FrozenNetwork } from "../nn/frozen_classifier.ts";
import { initialiseResNet } from "../nn/initialise.ts";
import type { ResNet } from "../nn/resnet.ts";
import { DeviceError } from "../backend/device_error.ts";
import { leaveInterruptedWork } from "../backend/leave_interrupted_work.ts";
import { untilStopped } from "../notebook/kernel/until_stopped.ts";
import { type Checkpoint, CheckpointFolder } from "./checkpoint_folder.ts";
import type { Environment } from "./environment.ts";
import { type EpochRow, EpochSummary } from "./epoch_row.ts";
import { EventTurn } from "./event_turn.ts";
import { initialState } from "./initial_state.ts";
import { NotFiniteError } from "./not_finite_error.ts";
import { RandomStreams } from "./random_streams.ts";
import type { RunSpecification } from "./run_specification.ts";
import { type TeacherCacheSettings, TeacherLogitCache } from "./teacher_logit_cache.ts";
import { teacherLogitKey } from "./teacher_logit_key.ts";
import { trainEpoch } from "./train_epoch.ts";
import { teacherOf } from "./train_step.ts";
import { UserError } from "../user_error.ts";

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
