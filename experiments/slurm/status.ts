import { type SlurmTask, slurmTasks } from "./slurm_tasks.ts";
import { readSubmissions, type Submission, type SubmittedTask, taskLog } from "./submission.ts";
import type { ResultsFolder } from "../../lib/store/results_folder.ts";

/** Where a task of a job array stands. */
export interface TaskStatus {
  readonly task: number;
  /**
   * As Slurm says it, "running", "pending (Resources)", "timeout"; "done" once it has ended and all of
   * its runs are there. Of a task that Slurm has forgotten "done" or "ended", "unknown" if it could not
   * be asked.
   */
  readonly state: string;
  readonly runs: number;
  /** How many of them have all of their results, whoever made these. */
  readonly finishedRuns: number;
  /** The file of all that it printed. */
  readonly log: string;
}

/** Where a submission stands. */
export interface SubmissionStatus {
  readonly submission: Submission;
  readonly tasks: readonly TaskStatus[];
}

export interface SlurmStatus {
  /** Oldest first. */
  readonly submissions: readonly SubmissionStatus[];
  /** Why Slurm could not be asked; null if it was. */
  readonly unasked: string | null;
}

/**
 * Where everything stands that was submitted from a results folder. Slurm knows of the tasks that wait,
 * run or ended a few minutes ago; what has become of the others is seen from their results.
 *
 * @param experiments only submissions of these; of all if empty
 */
export async function slurmStatus(
  results: ResultsFolder,
  experiments: readonly string[] = [],
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
          ...{ present, log: taskLog(folder, task.task) },
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
