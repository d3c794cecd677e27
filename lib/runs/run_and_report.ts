import { ProgressReport } from "./progress_report.ts";
import { runMissing, type RunReport, type RunSettings } from "./run_missing.ts";
import type { WorkLeft } from "./work_left.ts";
import { describeStartedBackend, startBackend } from "../backend/start_backend.ts";
import { holderOf } from "../store/run_lock.ts";
import { printableLines } from "../files/printable.ts";
import type { ResultsFolder } from "../store/results_folder.ts";

/** A command's settings for its runs. */
export interface CommandSettings extends Omit<RunSettings, "backend" | "signal" | "onNews"> {
  /** undefined for the first backend that works here */
  readonly backend: string | undefined;
  /** Stops the runs after this many seconds; null for never */
  readonly seconds: number | null;
  /** True to print a line for each epoch even without a terminal */
  readonly verbose: boolean;
}

/** A second signal this soon is the same one: the terminal and `deno task` both send it. */
const SAME_SIGNAL_MS = 1000;

/**
 * Runs what is missing and shows progress. A first SIGINT or SIGTERM, or the end of the time, stops
 * each run at a checkpoint. Another signal, a second later or more, kills the process.
 *
 * @returns the exit status: 2 if a run failed, 1 if one is not finished, 0 if all are finished
 */
export async function runAndReport(
  works: readonly WorkLeft[],
  { backend, seconds, verbose, ...settings }: CommandSettings,
): Promise<number> {
  const started = await startBackend(backend);
  console.log(describeStartedBackend(started));
  const abort = new AbortController();
  let stoppedAt = -Infinity;
  const stop = (why: string) => {
    if (!abort.signal.aborted) {
      stoppedAt = performance.now();
      console.error(`${why}; stopping at a checkpoint`);
      abort.abort();
    } else if (performance.now() - stoppedAt > SAME_SIGNAL_MS) {
      // An orderly exit would unload oneDNN while its threads still compute.
      Deno.kill(Deno.pid, "SIGKILL");
    }
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => stop(signal));
  }
  const timer = seconds === null ? undefined : setTimeout(() => {
    if (!abort.signal.aborted) stop("the time is up");
  }, 1000 * seconds);
  const report = await runShown(
    works,
    { ...settings, backend: started.backend.name, signal: abort.signal },
    verbose || Deno.stderr.isTerminal(),
  );
  clearTimeout(timer);
  return report.failed.length > 0 ? 2 : report.left.length + report.elsewhere.length > 0 ? 1 : 0;
}

/**
 * Runs what is missing with a progress bar. Prints on standard error which runs failed and why, and
 * which are not finished.
 *
 * @param showsEpochs true to print a line for each epoch, too
 */
export async function runShown(
  works: readonly WorkLeft[],
  settings: Omit<RunSettings, "onNews">,
  showsEpochs: boolean,
): Promise<RunReport> {
  const progress = new ProgressReport(works, showsEpochs);
  let report: RunReport;
  try {
    report = await runMissing(works.map(({ run }) => run), {
      ...settings,
      onNews: (run, news) => progress.tell(run, news),
    });
  } finally {
    await progress.end();
  }
  await tellRest(report, settings.folder);
  return report;
}

async function tellRest(
  { failed, left, elsewhere }: RunReport,
  folder: ResultsFolder,
): Promise<void> {
  for (const { run, cause } of failed) {
    console.error(`failed: ${run.name}\n  ${printableLines(cause)}`);
  }
  for (const run of left) console.error(`not finished: ${run.name}`);
  for (const run of elsewhere) {
    const holder = await holderOf(folder.path, run.name);
    const who = holder ? `process ${holder.pid} on ${holder.host}` : "another process";
    console.error(`not run here: ${run.name}, ${who} makes it now`);
  }
  if (failed.length > 0) {
    console.error("remove the causes of the failures, then run the same command again");
  } else if (left.length > 0) {
    console.error("run the same command again to make what is missing");
  }
}
