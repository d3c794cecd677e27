import { join, resolve } from "node:path";
import { jobScript } from "./job_script.ts";
import { runSlurmProgram } from "./slurm_program.ts";
import { makeSubmissionFolder, type SubmittedTask, writeSubmission } from "./submission.ts";
import { type PlannedRun, resultNameOf } from "../../lib/runs/planned_run.ts";
import { MOST_SHARDS, shardOf } from "../../lib/runs/shard.ts";
import type { WorkLeft } from "../../lib/runs/work_left.ts";
import { findProgram } from "../../lib/files/find_program.ts";
import { UserError } from "../../lib/user_error.ts";

/** What to submit. */
export interface SlurmRequest {
  /** The results folder, on a file system that all nodes share. */
  readonly results: string;
  readonly experiments: readonly string[];
  /** The arguments of `reproduce` for every task; `--shard` is added to them. */
  readonly args: readonly string[];
  /** All runs that they name. */
  readonly plan: readonly PlannedRun[];
  /** What is missing of them, at least one. */
  readonly works: readonly WorkLeft[];
  /** Into how many shards to divide the runs; undefined for one a run. */
  readonly jobs: number | undefined;
  /** More options for sbatch, as they are typed: "--time=4:00:00 --partition=cpu". */
  readonly extra: string;
}

/** A job array that Slurm has taken. */
export interface Submitted {
  readonly jobId: string;
  readonly tasks: number;
  /** With the script, the record and the tasks' logs. */
  readonly folder: string;
}

/**
 * Submits a job array whose tasks each run a shard of the missing runs and then bring the tables up to
 * date; a task that comes to the end of its time is put back in the queue, and goes on from its
 * checkpoints. Nodes must find the project, Deno, the data and the results folder under the same paths
 * as this machine; sbatch hands on the environment, $BSS_DATA included.
 *
 * The tables and the manifest are written under a lock, so the results folder must be on a file system
 * whose locks hold between nodes: NFS 4, Lustre with the option "flock", GPFS, CephFS. Locks keep two
 * runners off the same run as well, but tasks of one array don't depend on that: their shards don't
 * overlap.
 *
 * @throws UserError if there is no Slurm here, or with its message if it refuses, or for a folder that a
 *   job script cannot name
 */
export async function submitToSlurm(
  { results, experiments, args, plan, works, jobs = MOST_SHARDS, extra }: SlurmRequest,
): Promise<Submitted> {
  checkExtra(extra);
  checkFolder(results);
  if (await findProgram(["sbatch"]) === null) throw noSlurm();
  const shards = Math.min(jobs, plan.length);
  const tasks = tasksOf(plan, works, shards);
  const folder = await makeSubmissionFolder(resolve(results));
  const script = join(folder, "job.sh");
  const job = { folder, typedIn: Deno.cwd(), args, tasks: tasks.map(({ task }) => task), shards };
  await Deno.writeTextFile(script, jobScript({ ...job, extra }));
  const jobId = await sbatch(script).catch(async (error) => {
    await Deno.remove(folder, { recursive: true });
    throw error;
  });
  const submitted = new Date().toISOString();
  await writeSubmission(folder, { jobId, submitted, experiments, args, tasks });
  return { jobId, tasks: tasks.length, folder };
}

/** A task for every shard of the plan of which something is missing. */
function tasksOf(
  plan: readonly PlannedRun[],
  works: readonly WorkLeft[],
  shards: number,
): SubmittedTask[] {
  const isLeft = new Set(works.map(({ run }) => run.name));
  const all = Array.from({ length: shards }, (_, index) => {
    const runs = shardOf(plan, { index: index + 1, count: shards })
      .filter(({ name }) => isLeft.has(name))
      .map((run) => [run.name, [resultNameOf(run), ...run.evaluations.map((one) => one.result)]]);
    return { task: index + 1, runs: Object.fromEntries(runs) };
  });
  return all.filter(({ runs }) => Object.keys(runs).length > 0);
}

async function sbatch(script: string): Promise<string> {
  const answer = await runSlurmProgram("sbatch", ["--parsable", script]);
  const jobId = /^(\d+)(;.*)?$/.exec(answer)?.[1]; // behind it the cluster, where there are several
  if (jobId !== undefined) return jobId;
  throw new UserError(
    `sbatch answered "${answer}" instead of a job's number; --slurm may only say how to submit to ` +
      `this cluster`,
  );
}

/** A line break would be the end of a line of `#SBATCH`, and what follows it a line of the script. */
function checkFolder(results: string): void {
  if (!/\p{Cc}/u.test(resolve(results))) return;
  throw new UserError(
    `--results is ${
      JSON.stringify(results)
    }, but a job script cannot name a folder with a line break ` +
      "or another control character; choose another folder",
  );
}

function noSlurm(): UserError {
  return new UserError(
    "there is no sbatch here, which submits jobs to Slurm; use a machine that has it, or do without: " +
      "the same command with --shard 1/4, 2/4, 3/4 and 4/4 in place of --submit, on four machines " +
      "that share the results folder, does the same",
  );
}

/** What the script sets behind the extra options, where sbatch would pass over them in silence. */
const OWN_OPTIONS = /(^|\s)(--(array|output|open-mode)\b|-[ao])/;

function checkExtra(extra: string): void {
  if (/[^\P{Cc}\t]/u.test(extra)) throw new UserError("--slurm must be one line of options");
  const own = OWN_OPTIONS.exec(extra);
  if (own) {
    throw new UserError(
      `--slurm is "${extra}", but ${own[2]} is set here; --jobs sets how many tasks there are`,
    );
  }
}
