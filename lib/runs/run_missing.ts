import { join } from "node:path";
import { lockRun, type RunLock } from "../store/run_lock.ts";
import type { FromWorker, ToWorker, WorkerAnswer, WorkerNews } from "./run_protocol.ts";
import { type WorkLeft, workLeft } from "./work_left.ts";
import { type PlannedEvaluation, type PlannedRun, resultNameOf } from "./planned_run.ts";
import { type RunProvenance, studentFile, writeEvaluation, writeRun } from "./table/run_results.ts";
import { failureText } from "../as_user_error.ts";
import { type Backend, threadsOf } from "../backend/backend.ts";
import { startBackend } from "../backend/start_backend.ts";
import { untilStopped } from "../stop/until_stopped.ts";
import type { ResultsFolder } from "../store/results_folder.ts";
import { provenance } from "../store/provenance.ts";
import { environmentOf, madeOn } from "../training/environment.ts";
import { UserError } from "../user_error.ts";
import { removeIfThere } from "../files/remove_if_there.ts";

/** The settings of the runner. */
export interface RunSettings {
  readonly folder: ResultsFolder;
  readonly backend: string;
  readonly dataFolder?: string;
  readonly acceptUnverified?: boolean;
  /** The limit in MiB of the teacher logits kept for a run, and of all others; none if 0 or left out */
  readonly teacherCache?: number;
  /** Threads of each run, on backends with this setting; 1 if left out */
  readonly threads?: number;
  /** Stops all runs, as Stop in a notebook does. Each keeps a checkpoint. */
  readonly signal?: AbortSignal;
  readonly onNews?: (run: PlannedRun, news: RunNews) => void;
}

/** News of a run in progress. */
export type RunNews =
  | WorkerNews
  | { readonly type: "trained" | "done elsewhere" }
  | { readonly type: "measuring" | "measured"; readonly evaluation: PlannedEvaluation }
  | { readonly type: "done"; readonly seconds: number };

export interface RunReport {
  readonly finished: readonly PlannedRun[];
  readonly failed: readonly { readonly run: PlannedRun; readonly cause: string }[];
  /** Not begun, or stopped by the signal. */
  readonly left: readonly PlannedRun[];
  /** Still locked by another process. */
  readonly elsewhere: readonly PlannedRun[];
}

/**
 * Trains and evaluates what is missing of a plan. Runs as many side by side as the backend makes
 * good use of, and writes each result as soon as it is ready. A failed run does not stop the
 * others. A run that another process holds is left to that process.
 *
 * @throws DOMException "AbortError" if Stop was pressed in the notebook
 */
export async function runMissing(
  plan: readonly PlannedRun[],
  settings: RunSettings,
): Promise<RunReport> {
  return await untilStopped(
    settings.signal,
    (signal) => runStoppable(plan, { ...settings, signal }),
  );
}

async function runStoppable(
  plan: readonly PlannedRun[],
  settings: RunSettings & { readonly signal: AbortSignal },
): Promise<RunReport> {
  const { folder } = settings;
  const broken = new AbortController();
  const signal = AbortSignal.any([settings.signal, broken.signal]);
  const { backend } = await startBackend(settings.backend);
  const threads = threadsOf(backend, settings.threads ?? 1);
  const made = {
    ...await provenance(),
    ...madeOn(await environmentOf(backend.name, threads)),
  };
  const queue = (await workLeft(folder, plan)).map(({ run }) => run);
  const report = {
    finished: [] as PlannedRun[],
    failed: [] as { run: PlannedRun; cause: string }[],
    left: [] as PlannedRun[],
    elsewhere: [] as PlannedRun[],
  };

  async function work(): Promise<void> {
    let worker: RunWorker | undefined;
    try {
      for (let run = next(); run; run = next()) {
        const lock = await lockRun(folder.path, run.name);
        if (!lock) {
          report.elsewhere.push(run);
          continue;
        }
        try {
          if (!worker || worker.isDead) worker = await startWorker();
        } catch (error) {
          await lock.release();
          throw error;
        }
        await runLocked(worker, run, lock);
      }
    } catch (error) {
      // Otherwise the others would train for hours and find no folder to write to.
      broken.abort();
      throw error;
    } finally {
      worker?.terminate();
    }
  }

  function next(): PlannedRun | undefined {
    return signal.aborted ? undefined : queue.shift();
  }

  async function startWorker(): Promise<RunWorker> {
    const worker = new RunWorker(signal);
    try {
      await worker.ask({
        type: "start",
        backend: backend.name,
        dataFolder: settings.dataFolder,
        acceptUnverified: settings.acceptUnverified ?? false,
        teacherCache: settings.teacherCache ?? 0,
        threads,
      });
      return worker;
    } catch (error) {
      worker.terminate();
      throw error;
    }
  }

  async function runLocked(worker: RunWorker, run: PlannedRun, lock: RunLock): Promise<void> {
    const start = performance.now();
    try {
      // Another process may have finished it meanwhile.
      const [todo] = await workLeft(folder, [run]);
      const isFinished = !todo || await runOne(worker, todo, made, settings, lock);
      (isFinished ? report.finished : report.left).push(run);
      if (!isFinished) return;
      const seconds = (performance.now() - start) / 1000;
      settings.onNews?.(run, todo ? { type: "done", seconds } : { type: "done elsewhere" });
    } catch (error) {
      report.failed.push({ run, cause: failureText(error) });
    } finally {
      await lock.release();
    }
  }

  const count = Math.min(sideBySide(backend, threads), queue.length);
  const ends = await Promise.allSettled(Array.from({ length: count }, work));
  const failure = ends.find((end) => end.status === "rejected");
  if (failure) throw failure.reason;
  const unfinished = await workLeft(folder, report.elsewhere);
  return {
    ...report,
    left: [...report.left, ...queue],
    elsewhere: unfinished.map(({ run }) => run),
  };
}

/** Counts the runs, each with `threads` threads, that this machine does well at once; at least one. */
export function sideBySide(backend: Backend, threads: number): number {
  const runs = backend.runsAtOnce(navigator.hardwareConcurrency);
  return Math.max(Math.floor(runs / threadsOf(backend, threads)), 1);
}

/** Does one run under its lock; gives false if the signal stopped it. */
export async function runOne(
  worker: Pick<RunWorker, "ask">,
  { run, training, evaluations }: WorkLeft,
  made: RunProvenance,
  { folder, onNews }: RunSettings,
  lock: RunLock,
): Promise<boolean> {
  const { specification, teacher } = run;
  const checkpoints = join(folder.path, "checkpoints", run.name);
  if (training) {
    const answer = await worker.ask(
      { type: "train", specification, teacher, checkpoints },
      (news) => onNews?.(run, news),
    );
    if (answer.type !== "trained") return false;
    await lock.check();
    await writeRun(folder, run, answer, made);
  }
  // Checkpoints may be left by a process that was killed right here.
  await removeIfThere(checkpoints, { recursive: true });
  onNews?.(run, { type: "trained" });
  if (evaluations.length === 0) return true;
  const { metadata: { weights } } = await folder.read(resultNameOf(run));
  for (const evaluation of evaluations) {
    onNews?.(run, { type: "measuring", evaluation });
    const answer = await worker.ask({
      type: "evaluate",
      studentFile: studentFile(folder, run),
      specification,
      teacher,
      weights,
      evaluation,
    });
    if (answer.type !== "evaluated") return false;
    await lock.check();
    await writeEvaluation(folder, run, evaluation, answer.found, { weights, ...made });
    onNews?.(run, { type: "measured", evaluation });
  }
  return true;
}

/** A worker thread that handles one request at a time. The signal aborts every request. */
class RunWorker {
  readonly #worker = new Worker(import.meta.resolve("./run_worker.ts"), { type: "module" });
  readonly #signal: AbortSignal;
  /** True if the worker has died. It then answers no more requests. */
  isDead = false;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /**
   * Sends a request and waits for its final answer.
   *
   * @param onNews called with all news before it
   * @throws UserError with the worker's message, if the request fails
   */
  async ask(
    request: Exclude<ToWorker, { type: "abort" }>,
    onNews: (news: WorkerNews) => void = () => {},
  ): Promise<WorkerAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<WorkerAnswer>();
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      switch (data.type) {
        case "progress":
        case "epoch":
        case "message":
          return onNews(data);
        case "failed":
          return reject(new UserError(data.message));
        default:
          return resolve(data);
      }
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.isDead = true;
      reject(new UserError(`a worker died: ${event.message}`));
    };
    this.#worker.postMessage(request);
    const abort = () => this.#worker.postMessage({ type: "abort" } satisfies ToWorker);
    this.#signal.addEventListener("abort", abort);
    // The signal may have aborted while the worker was started or between two requests.
    if (this.#signal.aborted) abort();
    try {
      return await promise;
    } finally {
      this.#signal.removeEventListener("abort", abort);
    }
  }

  terminate(): void {
    this.#worker.terminate();
  }
}
