import type { Dataset } from "../data/dataset.ts";
import type { DistillationMethod } from "../distillation/method.ts";
import { methodNamed } from "../distillation/methods.ts";
import type { FrozenNetwork } from "../nn/frozen_classifier.ts";
import type { ImageNetwork } from "../nn/image_network.ts";
import { initialiseResNet } from "../nn/initialise.ts";
import { architectureFor } from "../nn/network_families.ts";
import { encodeResNet } from "../nn/weights_file.ts";
import { sha256 } from "../files/sha256.ts";
import { DeviceError } from "../backend/device_error.ts";
import { sourceHash } from "../store/provenance.ts";
import { leaveInterruptedWork } from "../stop/leave_interrupted_work.ts";
import { untilStopped } from "../stop/until_stopped.ts";
import { type Checkpoint, CheckpointFolder } from "./checkpoints.ts";
import type { Environment } from "./environment.ts";
import { type EpochRow, EpochSummary } from "./epoch_row.ts";
import { initialState, type TrainingState } from "./state.ts";
import { requireTeacher } from "./require_teacher.ts";
import { NotFiniteError } from "./step.ts";
import { RandomStreams } from "./random_streams.ts";
import { requirePart, type RunSpecification } from "./run_specification.ts";
import { scheduleOf } from "./schedule.ts";
import { type TeacherCacheSettings, TeacherLogitCache } from "./teacher_cache/cache.ts";
import { teacherLogitKey } from "./teacher_cache/key.ts";
import { type BatchesInput, trainBatches } from "./train_batches.ts";
import { UserError } from "../user_error.ts";
import { makeBatch } from "./batches.ts";
import { isEvaluated } from "./protocol.ts";
import { freeze } from "../nn/freeze.ts";
import { type Accuracy, evaluate } from "./evaluation.ts";

/** The input of a run that is not part of its specification. */
export interface TrainingInput {
  /** The part of the data set that the specification asks for; `datasetFor` takes it. */
  readonly dataset: Dataset;
  /** The frozen teacher; null for a method that needs none. */
  readonly teacher: FrozenNetwork | null;
  readonly environment: Environment;
  /** The method of the specification, if it is not one of `methods`: one that a notebook defines. */
  readonly method?: DistillationMethod;
  /**
   * Keeps the teacher's logits on disk for later runs. On the processor it does not change the result
   * by a single bit. On a GPU the first step of an attack may be rounded differently.
   */
  readonly teacherCache?: TeacherCacheSettings;
  /** The folder for checkpoints; if left out, nothing is saved and nothing resumed. */
  readonly checkpoints?: string;
  /**
   * Stops the run at once, as Stop in a notebook does. With a folder for checkpoints, all finished
   * mini-batches are saved; an unfinished one is thrown away. Stop cuts off JavaScript that runs for
   * more than a second without a pause; the newest checkpoint is then that of the last whole epoch.
   */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** Gets messages for a person: a damaged checkpoint, a resumed run, a cache turned off. */
  readonly onMessage?: (message: string) => void;
}

/** The progress of a run. */
export interface TrainingProgress {
  /** Mini-batches done */
  readonly step: number;
  /** Mini-batches of the whole run */
  readonly steps: number;
  /** The row of an epoch that has just ended */
  readonly row?: EpochRow;
}

/** A finished run. */
export interface TrainingResult {
  /** One row per epoch, over all stages. */
  readonly rows: readonly EpochRow[];
  /** The student after its last epoch; the caller disposes of it. */
  readonly student: ImageNetwork;
  /** SHA-256 of the student's weights before training; the same for all methods of a seed. */
  readonly initialWeights: string;
}

/**
 * Trains a student as the specification says. Every epoch ends with a checkpoint, and, as often as the
 * protocol says, with an evaluation on the test images; a stopped run writes one more checkpoint. The
 * same call resumes from the last checkpoint, and ends in the same weights, bit for bit, as a run that
 * was never stopped.
 *
 * @throws UserError for an unknown student or method, a missing teacher, a data set that is not the
 *   specified part, or a checkpoint of another specification or environment; if loss or weights are no longer finite, naming epoch, step and last
 *   checkpoint; if the computing device is lost or refuses its work, naming the last checkpoint; or if
 *   the backend can't train in the precision of the protocol
 * @throws DOMException "AbortError" if the run was stopped, after the checkpoint was written
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

/** Trains until the signal aborts. */
async function trainStoppable(
  specification: RunSpecification,
  input: TrainingInput & { readonly signal: AbortSignal },
): Promise<TrainingResult> {
  const { dataset, environment, checkpoints, signal } = input;
  const { protocol, options, seed, student } = specification;
  requirePart(dataset, specification);
  const method = methodOf(specification, input);
  const teacher = requireTeacher(input.teacher, method, dataset.classes.length);
  leaveInterruptedWork();
  const random = new RandomStreams(seed).stream("init");
  const initial = initialiseResNet(architectureFor(student, dataset), random);
  const state = initialState({ method, options, protocol }, {
    student: initial,
    teacher,
    trainingLabels: dataset.train.labels,
    random,
  });
  const folder = checkpoints === undefined
    ? null
    : new CheckpointFolder(checkpoints, specification, environment, await sourceHash());
  const teacherCache = openTeacherCache(specification, input);
  try {
    initial.requirePrecision(protocol.studentPrecision ?? "f32");
    const initialWeights = sha256(await encodeResNet(initial, {}));
    const saved = await folder?.load((message) => input.onMessage?.(message));
    if (saved) {
      state.restore(saved.tensors);
      input.onMessage?.(`resuming after ${describePosition(saved)}`);
    }
    const rows = [...saved?.rows ?? []];

    const schedule = scheduleOf(method, options, protocol);
    const stepsAnEpoch = Math.ceil(dataset.train.count / protocol.batchSize);
    const progress = (step: number, row?: EpochRow) =>
      input.onProgress?.({ step, steps: schedule.length * stepsAnEpoch, row });
    for (let index = rows.length; index < schedule.length; index++) {
      const partial = index === saved?.epoch ? saved.partial : undefined;
      const { stage, epoch, epochOfStreams } = schedule[index];
      const streams = new RandomStreams(seed, epochOfStreams);
      if (partial) streams.restore(partial.streams);
      const summary = new EpochSummary(partial?.sums);
      const before = summary.steps;
      let row: EpochRow;
      try {
        row = await trainEpoch({
          stage,
          epoch,
          dataset,
          teacher,
          teacherCache,
          method,
          options,
          protocol,
          state,
          streams,
          number: index + 1,
          isEvaluated: isEvaluated(protocol, index + 1, schedule.length),
          onStep: (step) => progress(index * stepsAnEpoch + step),
        }, summary);
      } catch (error) {
        const isStopped = error === signal.reason && summary.steps > before;
        if (isStopped && (await state.nonFinite()).length === 0) {
          const partial = { streams: streams.save(), sums: summary.save() };
          await folder?.save({ epoch: index, rows, partial, tensors: await state.save() });
        }
        throw error;
      }
      rows.push(row);
      await folder?.save({ epoch: index + 1, rows, tensors: await state.save() });
      progress((index + 1) * stepsAnEpoch, row);
    }
    state.disposeAllButStudent();
    return { rows, student: state.student, initialWeights };
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

/** The advice to the user, by the error that ended a run. */
const REMEDIES = [
  [
    NotFiniteError,
    "A smaller learning rate or attack step may help. Otherwise look for the cause in the data set, the " +
    "method or the attack.",
  ],
  [
    DeviceError,
    "Run it again to resume; in a notebook, begin with startBackend().",
  ],
] as const;

/**
 * Finds the method of the specification.
 *
 * @throws UserError if a different method is given
 */
function methodOf(
  { method: name }: RunSpecification,
  { method }: TrainingInput,
): DistillationMethod {
  if (!method) return methodNamed(name);
  if (method.name === name) return method;
  throw new UserError(
    `the specification names the method "${name}", but the given method is "${method.name}"; ` +
      "give both the same name",
  );
}

/** Describes how far a checkpoint is: "mini-batch 3 of epoch 2". */
function describePosition({ epoch, partial }: Checkpoint): string {
  return partial ? `mini-batch ${partial.sums.steps} of epoch ${epoch + 1}` : `epoch ${epoch}`;
}

/** Opens the cache of the teacher's logits; null if the run has none. */
function openTeacherCache(
  { teacher: identity, protocol }: RunSpecification,
  { dataset, teacher, teacherCache, environment, onMessage }: TrainingInput,
): TeacherLogitCache | null {
  if (!identity || !teacher || !teacherCache) return null;
  const withClasses = { ...identity, classes: teacher.classes };
  const key = teacherLogitKey(dataset, withClasses, protocol.batchSize, environment);
  return new TeacherLogitCache(key, teacherCache, (message) => onMessage?.(message));
}

/** The input of an epoch. */
interface EpochInput extends Omit<BatchesInput, "trainingLabels" | "makeBatch" | "normalisation"> {
  readonly dataset: Dataset;
  readonly state: TrainingState<ImageNetwork>;
  readonly isEvaluated: boolean;
}

/**
 * Makes one pass over the training images, and evaluates the student on the test images after it if asked.
 *
 * @throws NotFiniteError if loss or weights are no longer finite
 * @throws DOMException "AbortError" if the work around it was stopped
 */
async function trainEpoch(input: EpochInput, summary: EpochSummary): Promise<EpochRow> {
  const { dataset, state, streams, stage, number } = input;
  const learningRate = await trainBatches(
    {
      ...input,
      normalisation: dataset,
      trainingLabels: dataset.train.labels,
      makeBatch: (indices) => makeBatch(dataset, indices, streams.stream("augmentation")),
    },
    summary,
  );
  const accuracy = input.isEvaluated
    ? await summary.timed("evaluation", () => evaluateStudent(state, dataset))
    : null;
  return summary.row({
    epoch: number,
    stage: stage.name,
    learning_rate: learningRate,
    test_accuracy: accuracy?.top1 ?? null,
    test_top5_accuracy: accuracy?.top5 ?? null,
  });
}

/** Evaluates the student in the precision that it is trained in. */
async function evaluateStudent(
  { student, precision }: TrainingState<ImageNetwork>,
  dataset: Dataset,
): Promise<Accuracy> {
  const frozen = freeze(student, { precision });
  try {
    return await evaluate(frozen, dataset, dataset.test);
  } finally {
    frozen.dispose();
  }
}
