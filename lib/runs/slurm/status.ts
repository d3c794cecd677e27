import {
  readSubmissions,
  runSlurmProgram,
  type Submission,
  type SubmittedTask,
  taskLog,
} from "./submission.ts";
import { bashWord } from "../../files/bash_word.ts";
import type { ResultsFolder } from "../../store/results_folder.ts";
import { formatTextTable } from "../../report/cell.ts";
import { UserError } from "../../user_error.ts";

/** The state of a task of a job array. */
export interface TaskStatus {
  readonly task: number;
  /**
   * Slurm's state: "running", "pending (Resources)", "timeout"; "done" once the task has ended and
   * all of its runs are finished. Otherwise "ended" for a task that Slurm has forgotten, and
   * "unknown" if Slurm could not be asked.
   */
  readonly state: string;
  readonly runs: number;
  /** The number of runs with all of their results, whoever made these. */
  readonly finishedRuns: number;
  /** The file with the task's output. */
  readonly log: string;
}

/** The state of a submission. */
export interface SubmissionStatus {
  readonly submission: Submission;
  readonly tasks: readonly TaskStatus[];
}

export interface SlurmStatus {
  /** Oldest first. */
  readonly submissions: readonly SubmissionStatus[];
  /** The reason why Slurm could not be asked; null if it was. */
  readonly unasked: string | null;
}

/**
 * Reports the state of all submissions from a results folder. Slurm knows the tasks that wait, run,
 * or ended a few minutes ago. Results tell about the others.
 *
 * @param experiments the experiments to report; all if empty
 */
export async function slurmStatus(
  results: ResultsFolder,
  experiments: readonly string[],
): Promise<SlurmStatus> {
  const submissions = [...await readSubmissions(results.path)].filter(([, submission]) =>
    experiments.length === 0 || experiments.some((name) => submission.experiments.includes(name))
  );
  const asked = await slurmTasks(submissions.map(([, { jobId }]) => jobId));
  const present = await results.present();
  return {
    submissions: submissions.map(([folder, submission]) => ({
      submission,
      tasks: submission.tasks.map((task) =>
        taskStatus(task, asked.tasks.get(`${submission.jobId}_${task.task}`), {
          present,
          log: taskLog(folder, task.task),
          forgotten: asked.unasked === null ? "ended" : "unknown",
        })
      ),
    })),
    unasked: asked.unasked,
  };
}

function taskStatus(
  { task, runs }: SubmittedTask,
  inSlurm: SlurmTask | undefined,
  { present, log, forgotten }: { present: ReadonlySet<string>; log: string; forgotten: string },
): TaskStatus {
  const all = Object.values(runs);
  const finished = all.filter((results) => results.every((name) => present.has(name)));
  const isDone = (inSlurm?.isOver ?? true) && finished.length === all.length;
  const state = isDone ? "done" : inSlurm?.state ?? forgotten;
  return { task, state, runs: all.length, finishedRuns: finished.length, log };
}

/** Describes a submission in one line, with a table of its tasks unless all are done. */
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

/** Slurm's answer about a task. */
interface SlurmTask {
  /** "running", "pending (Resources), requeued 2×", "out of memory" */
  readonly state: string;
  /** True if the task has ended. */
  readonly isOver: boolean;
}

/** States of a task that has ended. In all other states it waits or runs. */
const ENDED = new Set([
  "BOOT_FAIL",
  "CANCELLED",
  "COMPLETED",
  "DEADLINE",
  "FAILED",
  "NODE_FAIL",
  "OUT_OF_MEMORY",
  "PREEMPTED",
  "TIMEOUT",
]);

/**
 * Asks Slurm for the tasks of job arrays, by array and task: "12_3". Slurm forgets a task a few
 * minutes after its end.
 *
 * @returns also the reason why Slurm could not be asked; null if it was
 */
async function slurmTasks(
  jobIds: readonly string[],
): Promise<{ tasks: ReadonlyMap<string, SlurmTask>; unasked: string | null }> {
  if (jobIds.length === 0) return { tasks: new Map(), unasked: null };
  try {
    return { tasks: parseTasks(await squeue(jobIds)), unasked: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    // Slurm's answer for a single job that it has forgotten. Of several it lists the known ones.
    const isForgotten = error.message.includes("Invalid job id");
    return { tasks: new Map(), unasked: isForgotten ? null : error.message };
  }
}

const FIELDS = ["ArrayJobID", "ArrayTaskID", "State", "RestartCnt", "Reason"];

async function squeue(jobIds: readonly string[]): Promise<string> {
  return await runSlurmProgram("squeue", [
    ...[`--jobs=${jobIds}`, "--array", "--states=all", "--noheader"],
    `--Format=${FIELDS.map((field) => `${field}:20`)}`,
  ]);
}

function parseTasks(text: string): Map<string, SlurmTask> {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return new Map(lines.map((line) => {
    const [array, task, name, restarts, reason] = line.trim().split(/\s+/);
    const state = name.toLowerCase().replaceAll("_", " ") +
      (name === "PENDING" && reason !== "None" ? ` (${reason})` : "") +
      (restarts === "0" ? "" : `, requeued ${restarts}×`);
    return [`${array}_${task}`, { state, isOver: ENDED.has(name) }];
  }));
}
