import { join } from "node:path";
import { type PlannedRun, resultNameOf } from "./run_plan.ts";
import type { FromWorker } from "./run_protocol.ts";
import { RunWorker } from "./run_worker_client.ts";
import { type RunProvenance, writeRun } from "./run_results.ts";
import type { Backend } from "../lib/backend/backend.ts";
import { startBackend } from "../lib/backend/start_backend.ts";
import type { ResultsFolder } from "../lib/report/results_folder.ts";
import { provenance } from "../lib/training/provenance.ts";
import { UserError } from "../lib/user_error.ts";

/** How and where to run. */
export interface RunSettings {
  readonly folder: ResultsFolder;
  readonly backend: string;
  readonly dataFolder?: string;
  readonly acceptUnverified?: boolean;
  /** Room on disk for teachers' logits, in MiB; 0 or left out: none are kept. */
  readonly teacherCache?: number;
  /** Threads of each run, on backends that leave the choice; 1 if left out */
  readonly threads?: number;
  /** Stops every run at its next mini-batch; finished epochs are kept as checkpoints. */
  readonly signal?: AbortSignal;
  readonly onNews?: (run: PlannedRun, news: RunNews) => void;
}

/** What happens to a run while it is on its way. */
export type RunNews = Extract<FromWorker, { type: "progress" | "epoch" | "message" }> | {
  readonly type: "done";
};

export interface RunReport {
  readonly finished: readonly PlannedRun[];
  readonly failed: readonly { readonly run: PlannedRun; readonly cause: string }[];
  /** Not begun, or stopped by the signal. */
  readonly left: readonly PlannedRun[];
}

/** The runs that the results folder does not have, heaviest first. */
export async function missingRuns(
  folder: ResultsFolder,
  plan: readonly PlannedRun[],
): Promise<PlannedRun[]> {
  const present = await Promise.all(plan.map((run) => folder.has(resultNameOf(run))));
  return plan.filter((_, index) => !present[index]).sort((a, b) => b.flops - a.flops);
}

/**
 * Trains runs side by side, as many as the backend makes good use of, and writes each result as soon
 * as it is there. A run that fails does not stop the others.
 */
export async function runMissing(
  runs: readonly PlannedRun[],
  settings: RunSettings,
): Promise<RunReport> {
  const { backend } = await startBackend(settings.backend);
  const made = await provenance();
  const queue = [...runs];
  const finished: PlannedRun[] = [];
  const failed: { run: PlannedRun; cause: string }[] = [];
  const stopped: PlannedRun[] = [];
  const threads = settings.threads ?? 1;
  const count = Math.min(sideBySide(backend, threads), runs.length);

  async function work(): Promise<void> {
    const worker = new RunWorker();
    const abort = () => worker.abort();
    settings.signal?.addEventListener("abort", abort);
    try {
      await worker.ask({
        type: "start",
        backend: backend.name,
        dataFolder: settings.dataFolder,
        acceptUnverified: settings.acceptUnverified ?? false,
        teacherCache: settings.teacherCache ?? 0,
        threads,
      });
      for (let run = next(); run; run = next()) {
        try {
          (await runOne(
              worker,
              run,
              { ...made, backend: backend.name, threads: String(threads) },
              settings,
            )
            ? finished
            : stopped).push(run);
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          failed.push({ run, cause: error.message });
        }
      }
    } finally {
      settings.signal?.removeEventListener("abort", abort);
      worker.terminate();
    }
  }

  function next(): PlannedRun | undefined {
    return settings.signal?.aborted ? undefined : queue.shift();
  }

  await Promise.all(Array.from({ length: count }, work));
  return { finished, failed, left: [...stopped, ...queue] };
}

/** How many runs of so many threads a backend makes good use of on this machine. */
export function sideBySide(backend: Backend, threads: number): number {
  return Math.max(Math.floor(backend.runsAtOnce(navigator.hardwareConcurrency) / threads), 1);
}

/** Gives false if the run was stopped by the signal. */
async function runOne(
  worker: RunWorker,
  run: PlannedRun,
  made: RunProvenance,
  { folder, onNews }: RunSettings,
): Promise<boolean> {
  const checkpoints = join(folder.path, "checkpoints", run.name);
  const answer = await worker.ask(
    {
      type: "run",
      specification: run.specification,
      teacherFile: run.teacher.file,
      checkpoints,
    },
    (news) => onNews?.(run, news as RunNews),
  );
  if (answer.type !== "finished") return false;
  await writeRun(folder, run, answer, made);
  await Deno.remove(checkpoints, { recursive: true });
  onNews?.(run, { type: "done" });
  return true;
}
