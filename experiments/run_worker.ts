/// <reference lib="deno.worker" />
/**
 * Trains runs in a thread of its own, one after the other: a backend that keeps one core busy is put
 * to work on every core this way, and the runner stays responsive.
 */
import type { FromWorker, ToWorker } from "./run_protocol.ts";
import { startBackend } from "../lib/backend/start_backend.ts";
import type { Dataset } from "../lib/data/dataset.ts";
import { loadDataset } from "../lib/data/load_dataset.ts";
import { freeze, type Precision } from "../lib/nn/freeze.ts";
import type { FrozenNetwork } from "../lib/nn/frozen_classifier.ts";
import { encodeResNet, readResNet } from "../lib/nn/weights_file.ts";
import { datasetFor } from "../lib/training/dataset_for.ts";
import { type PrecisionError, precisionError } from "../lib/training/precision_error.ts";
import { TFJS_VERSION } from "../lib/training/provenance.ts";
import { canonicalJson } from "../lib/training/run_specification.ts";
import { teacherCacheFolder } from "../lib/training/teacher_cache_folder.ts";
import { train } from "../lib/training/train.ts";
import { UserError } from "../lib/user_error.ts";

type Start = Extract<ToWorker, { type: "start" }>;
type Run = Extract<ToWorker, { type: "run" }>;

let settings: Start;
let dataset: Dataset | undefined;
let abort = new AbortController();

self.onmessage = async ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === "abort") return abort.abort();
  try {
    if (data.type === "start") {
      settings = data;
      await startBackend(data.backend, { threads: data.threads });
      send({ type: "started" });
    } else {
      await run(data);
    }
  } catch (error) {
    send(describeFailure(error));
  }
};

async function run({ specification, teacherFile, checkpoints }: Run): Promise<void> {
  abort = new AbortController();
  if (dataset?.name !== specification.dataset.name) {
    dataset = await loadDataset(specification.dataset.name, settings);
  }
  const own = datasetFor(dataset, specification);
  const mebibytes = settings.teacherCache;
  const teacher = specification.teacher
    ? await loadTeacher(teacherFile, own, specification.teacher.precision)
    : null;
  try {
    const { rows, student } = await train(specification, {
      dataset: own,
      teacher: teacher?.classifier ?? null,
      environment: {
        backend: settings.backend,
        tfjs: TFJS_VERSION,
        ...(settings.threads > 1 ? { threads: settings.threads } : {}),
      },
      teacherCache: mebibytes > 0 ? { folder: teacherCacheFolder(), mebibytes } : undefined,
      checkpoints,
      signal: abort.signal,
      onMessage: (text) => send({ type: "message", text }),
      onProgress: ({ step, steps, row }) =>
        send(row ? { type: "epoch", row } : { type: "progress", step, steps }),
    });
    const weights = await encodeResNet(student, { specification: canonicalJson(specification) });
    student.dispose();
    const { provenance } = dataset;
    send({ type: "finished", rows, weights, provenance, teacherError: teacher?.error });
  } finally {
    teacher?.classifier.dispose();
  }
}

/** The teacher, and how far it is from itself in float32, where it computes in less. */
async function loadTeacher(
  file: string,
  dataset: Dataset,
  precision?: Precision,
): Promise<{ classifier: FrozenNetwork; error?: PrecisionError }> {
  const { network } = await readResNet(file);
  const classifier = freeze(network, { precision });
  const exact = precision === undefined ? null : freeze(network);
  network.dispose();
  const error = exact ? await precisionError(classifier, exact, dataset) : undefined;
  exact?.dispose();
  return { classifier, error };
}

function describeFailure(error: unknown): FromWorker {
  if (abort.signal.aborted) return { type: "aborted" };
  const known = error instanceof UserError;
  return { type: "failed", message: known ? error.message : String((error as Error).stack) };
}

function send(message: FromWorker): void {
  self.postMessage(message);
}
