/// <reference lib="deno.worker" />
/**
 * Trains and evaluates runs in a worker thread, one after the other. With several workers, a
 * backend that uses one core uses them all, and the runner stays responsive.
 */
import type { FromWorker, ToWorker } from "./run_protocol.ts";
import { resultNameOf } from "./planned_run.ts";
import { weightsFault } from "./table/result_fault.ts";
import { type EvaluationMemory, remembered } from "../analysis/evaluations/evaluation.ts";
import { evaluationNamed } from "../analysis/evaluations/evaluations.ts";
import { failureText } from "../as_user_error.ts";
import { startBackend } from "../backend/start_backend.ts";
import type { Dataset } from "../data/dataset.ts";
import { loadDataset } from "../data/load_dataset.ts";
import { sha256 } from "../files/sha256.ts";
import { freeze, frozenOf } from "../nn/freeze.ts";
import type { Precision } from "../nn/precision.ts";
import type { FrozenNetwork } from "../nn/frozen_classifier.ts";
import type { ImageNetwork } from "../nn/image_network.ts";
import { decodeResNet, encodeResNet, readResNet, readWeightsFile } from "../nn/weights_file.ts";
import { type PrecisionError, precisionError } from "../teacher/precision.ts";
import { environmentOf } from "../training/environment.ts";
import {
  canonicalJson,
  datasetFor,
  runName,
  type RunSpecification,
} from "../training/run_specification.ts";
import { teacherCacheFolder } from "../training/teacher_cache/folder.ts";
import type { TeacherFile } from "../teacher/find.ts";
import { train } from "../training/train.ts";
import { untilStopped } from "../stop/until_stopped.ts";
import { UserError } from "../user_error.ts";

type Request<T extends ToWorker["type"]> = Extract<ToWorker, { type: T }>;

let settings: Request<"start">;
let dataset: Dataset | undefined;
let lastMemory: { readonly of: string; readonly memory: EvaluationMemory } | undefined;
let abort = new AbortController();

self.onmessage = async ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === "abort") return abort.abort();
  abort = new AbortController();
  try {
    if (data.type === "start") settings = data;
    // Before each run: the last one may have lost the device.
    await startBackend(settings.backend, { threads: settings.threads });
    switch (data.type) {
      case "start":
        return send({ type: "started" });
      case "train":
        return await trainStudent(data);
      case "evaluate":
        return await evaluateStudent(data);
    }
  } catch (error) {
    send(describeFailure(error));
  }
};

async function trainStudent(
  { specification, teacher: planned, checkpoints }: Request<"train">,
): Promise<void> {
  const { own, provenance } = await imagesOf(specification);
  const mebibytes = settings.teacherCache;
  const memory = memoryOf(specification, planned);
  const teacher = specification.teacher
    ? await loadTeacher(planned, own, memory, specification.teacher.precision)
    : null;
  try {
    const { rows, student, initialWeights } = await train(specification, {
      dataset: own,
      teacher: teacher?.classifier ?? null,
      environment: await environmentOf(settings.backend, settings.threads),
      teacherCache: mebibytes > 0 ? { folder: teacherCacheFolder(), mebibytes } : undefined,
      checkpoints,
      signal: abort.signal,
      onMessage: (text) => send({ type: "message", text }),
      onProgress: ({ step, steps, row }) =>
        send(row ? { type: "epoch", row } : { type: "progress", step, steps }),
    });
    const weights = await encodeResNet(student, { specification: canonicalJson(specification) });
    student.dispose();
    const teacherError = teacher?.error;
    send({ type: "trained", rows, weights, initialWeights, provenance, teacherError });
  } finally {
    teacher?.classifier.dispose();
  }
}

async function evaluateStudent(
  { specification, teacher: planned, studentFile, weights, evaluation }: Request<"evaluate">,
): Promise<void> {
  const { own } = await imagesOf(specification);
  const student = frozenOf(await loadStudent(studentFile, runName(specification), weights));
  let teacher: FrozenNetwork | undefined;
  try {
    teacher = frozenOf(await loadPlanned(planned));
    const memory = memoryOf(specification, planned);
    const { name, options } = evaluation;
    const context = { student, teacher, dataset: own, memory };
    const start = performance.now();
    const measure = () => evaluationNamed(name).measure(options, context);
    const measured = await untilStopped(abort.signal, measure);
    const seconds = (performance.now() - start) / 1000;
    send({ type: "evaluated", found: { ...measured, seconds } });
  } finally {
    student.dispose();
    teacher?.dispose();
  }
}

/** Gives what evaluations remember of a teacher on some test images. Forgets those before. */
function memoryOf({ dataset }: RunSpecification, { hash }: TeacherFile): EvaluationMemory {
  const of = canonicalJson({ teacher: hash, dataset: { ...dataset, fraction: null } });
  if (lastMemory?.of !== of) lastMemory = { of, memory: new Map() };
  return lastMemory.memory;
}

/**
 * Gives a run's part of the data set. Keeps the whole data set for the next run.
 *
 * @throws UserError if the images have changed since the run was planned
 */
async function imagesOf(
  specification: RunSpecification,
): Promise<{ own: Dataset; provenance: string }> {
  if (dataset?.name !== specification.dataset.name) {
    dataset = await loadDataset(specification.dataset.name, settings);
  }
  const { name, fingerprint } = specification.dataset;
  if (dataset.fingerprint !== fingerprint) {
    throw new UserError(
      `the images of ${name} have the SHA-256 ${dataset.fingerprint}, but the run was planned with ` +
        `${fingerprint}; put back those of the plan`,
    );
  }
  return { own: datasetFor(dataset, specification), provenance: dataset.provenance };
}

/** @throws UserError if the file does not hold the run's final weights */
async function loadStudent(file: string, run: string, weights: string): Promise<ImageNetwork> {
  const bytes = await readWeightsFile(file);
  const fault = weightsFault(sha256(bytes), resultNameOf({ name: run }), weights);
  if (fault) throw new UserError(`${file}: ${fault}`);
  return decodeResNet(bytes, file).network;
}

/** @throws UserError if the file has changed since the run was planned */
async function loadPlanned({ file, hash }: TeacherFile): Promise<ImageNetwork> {
  const { network, hash: found } = await readResNet(file);
  if (found === hash) return network;
  network.dispose();
  throw new UserError(
    `${file} holds a teacher of SHA-256 ${found}, but the run was planned with ${hash}; put ` +
      "back the one of the plan",
  );
}

/** Loads the teacher; in less than float32, also measures its error, once for all runs. */
async function loadTeacher(
  planned: TeacherFile,
  dataset: Dataset,
  memory: EvaluationMemory,
  precision?: Precision,
): Promise<{ classifier: FrozenNetwork; error?: PrecisionError }> {
  const network = await loadPlanned(planned);
  const classifier = freeze(network, { precision });
  const exact = precision === undefined ? null : freeze(network);
  network.dispose();
  if (!exact) return { classifier };
  try {
    const measure = () => precisionError(classifier, exact, dataset);
    const measured = () => untilStopped(abort.signal, measure);
    return { classifier, error: await remembered(memory, `error of ${precision}`, measured) };
  } catch (error) {
    classifier.dispose();
    throw error;
  } finally {
    exact.dispose();
  }
}

function describeFailure(error: unknown): FromWorker {
  const isStop = error instanceof DOMException && error.name === "AbortError";
  if (abort.signal.aborted && isStop) return { type: "aborted" };
  return { type: "failed", message: failureText(error) };
}

function send(message: FromWorker): void {
  self.postMessage(message);
}
