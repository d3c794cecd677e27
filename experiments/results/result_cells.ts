import { isRun, runNameOf, type StoredResult, type StoredRun } from "./stored_result.ts";
import { studentPath } from "../table/run_results.ts";
import { resultFile } from "../../lib/store/results_folder.ts";

/** The accuracy of the last epoch, in percent. */
export function lastAccuracy({ rows }: StoredRun): number {
  return 100 * Number(rows.at(-1)?.test_accuracy ?? NaN);
}

/** The day on which a result was finished, as "2026-11-24"; null for a table. */
export function finishedDay({ metadata: { finished } }: StoredResult): string | null {
  return finished?.slice(0, 10) ?? null;
}

/** "247843d", "247843d+changes" */
export function shortCommit(commit: string | null | undefined): string | null {
  return commit?.replace(/^([0-9a-f]{7})[0-9a-f]+/, "$1") ?? null;
}

/**
 * What a result takes on disk, in kB, a run with the weights beside it.
 *
 * @param sizes in bytes of all files below the folder, by path relative to it
 */
export function kilobytes(result: StoredResult, sizes: ReadonlyMap<string, number>): number {
  const files = [
    resultFile(result.name),
    ...(isRun(result) ? [studentPath(runNameOf(result))] : []),
  ];
  return files.reduce((sum, file) => sum + (sizes.get(file) ?? 0), 0) / 1000;
}
