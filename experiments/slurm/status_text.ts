import { bashWord } from "./quote.ts";
import type { SubmissionStatus } from "./status.ts";
import { formatTextTable } from "../../lib/report/cell.ts";

/** A submission in a line, and its tasks unless all is done. */
export function statusText({ submission, tasks }: SubmissionStatus): string {
  const { jobId, submitted, args } = submission;
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  const finished = sum(tasks.map(({ finishedRuns }) => finishedRuns));
  const title = `Job ${jobId}, submitted ${submitted.slice(0, 16).replace("T", " ")} UTC: ` +
    `${finished} of ${sum(tasks.map(({ runs }) => runs))} runs finished: ` +
    args.map(bashWord).join(" ");
  if (tasks.every(({ state }) => state === "done")) return title;
  const rows = tasks.map(({ task, state, finishedRuns, runs, log }) => [
    ...[`${jobId}_${task}`, state, `${finishedRuns} of ${runs}`, log],
  ]);
  return formatTextTable(["task", "state", "runs finished", "log"], rows, { title });
}
