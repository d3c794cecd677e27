import { join, resolve } from "node:path";
import {
  makeSubmissionFolder,
  runSlurmProgram,
  sbatchPath,
  type SubmittedTask,
  taskLog,
  writeSubmission,
} from "./submission.ts";
import { type PlannedRun, resultsOf } from "../planned_run.ts";
import { MOST_SHARDS, shardsOf } from "../shard.ts";
import type { WorkLeft } from "../work_left.ts";
import { bashWord } from "../../files/bash_word.ts";
import { findProgram } from "../../files/find_program.ts";
import { UserError } from "../../user_error.ts";
import configuration from "../../../deno.json" with { type: "json" };
import { loaderVariables } from "../../files/loader_variables.ts";
import { PROJECT_ROOT } from "../../files/project_root.ts";
import { type CommandLine, parseWholeNumber } from "../../commands/command_line.ts";

/** The runs to submit, and how. */
export interface SlurmRequest {
  /** The results folder, on a file system that all nodes share. */
  readonly results: string;
  readonly experiments: readonly string[];
  /** The arguments of `reproduce` for every task; `--shard` is added to them. */
  readonly args: readonly string[];
  /** All runs that the arguments name. */
  readonly plan: readonly PlannedRun[];
  /** The unfinished runs of the plan, at least one. */
  readonly works: readonly WorkLeft[];
  /** The number of shards; undefined for one per run. */
  readonly jobs: number | undefined;
  /** More options for sbatch, as typed: "--time=4:00:00 --partition=cpu". */
  readonly extra: string;
}

/** A job array that Slurm has accepted. */
export interface Submitted {
  readonly jobId: string;
  readonly tasks: number;
  /** The folder of the script, the record and the tasks' logs. */
  readonly folder: string;
}

/**
 * Submits a job array. Each task runs a shard of the missing runs and then updates the tables. A
 * task whose time runs out goes back in the queue, and later resumes from its checkpoints. All
 * nodes must have the project, Deno, the data and the results folder under the same paths as this
 * machine. sbatch passes on the environment, including $BSS_DATA.
 *
 * The tables and the manifest are written under a lock, so the results folder must be on a file
 * system whose locks work between nodes: NFS 4, Lustre with the option "flock", GPFS, CephFS. Locks
 * also keep two runners off the same run. Tasks of one array don't need that: their shards don't
 * overlap.
 *
 * @throws UserError if there is no Slurm here, if Slurm refuses, or for a folder that a job script
 *   cannot name
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
  await writeSubmission(folder, { jobId, submitted, experiments, args, tasks }).catch((error) => {
    throw new UserError(
      `Slurm took job ${jobId}, but its record could not be written, so --status does not show it: ` +
        error.message,
      { cause: error },
    );
  });
  return { jobId, tasks: tasks.length, folder };
}

/** Makes a task for each shard with missing runs. */
function tasksOf(
  plan: readonly PlannedRun[],
  works: readonly WorkLeft[],
  shards: number,
): SubmittedTask[] {
  const isLeft = new Set(works.map(({ run }) => run.name));
  const all = shardsOf(plan, shards).map((shard, index) => {
    const runs = shard.filter(({ name }) => isLeft.has(name))
      .map((run) => [run.name, resultsOf(run)]);
    return { task: index + 1, runs: Object.fromEntries(runs) };
  });
  return all.filter(({ runs }) => Object.keys(runs).length > 0);
}

async function sbatch(script: string): Promise<string> {
  const answer = await runSlurmProgram("sbatch", ["--parsable", script]);
  const jobId = /(?:^|\n)(\d+)(;.*)?$/.exec(answer)?.[1]; // after a banner; the cluster's name may follow
  if (jobId !== undefined) return jobId;
  throw new UserError(
    `sbatch answered "${answer}" instead of a job's number; --slurm must only say how to submit to ` +
      `this cluster`,
  );
}

/** Refuses line breaks: they would end a line of `#SBATCH`, and the rest would run as a command. */
function checkFolder(results: string): void {
  if (!/\p{Cc}/u.test(resolve(results))) return;
  const text = JSON.stringify(results);
  throw new UserError(
    `--results is ${text}, but a job script cannot name a folder with a line break or another ` +
      "control character; choose another folder",
  );
}

function noSlurm(): UserError {
  return new UserError(
    "there is no sbatch here to submit jobs to Slurm; use a machine that has it, or run the same " +
      "command with --shard 1/4, 2/4, 3/4 and 4/4 in place of --submit, on four machines that share " +
      "the results folder",
  );
}

/** Options that the script sets itself: sbatch would silently ignore extra ones. */
const OWN_OPTIONS = /(^|\s)(--(array|output|open-mode)\b|-[ao])/;

function checkExtra(extra: string): void {
  if (/[^\P{Cc}\t]/u.test(extra)) throw new UserError("--slurm must be one line of options");
  const own = OWN_OPTIONS.exec(extra);
  if (own) {
    throw new UserError(
      `--slurm is "${extra}", but reproduce sets ${own[2]} itself; --jobs sets the number of tasks`,
    );
  }
}

/** The variable parts of a job script. */
interface Job {
  /** The folder of the tasks' logs. */
  readonly folder: string;
  /** The folder in which the command was typed; paths in its arguments are relative to it. */
  readonly typedIn: string;
  /** The arguments of `reproduce`. */
  readonly args: readonly string[];
  /** The shards that are tasks, from 1. */
  readonly tasks: readonly number[];
  readonly shards: number;
  /** More options for sbatch, as typed. */
  readonly extra: string;
}

/**
 * Writes the script of a job array. Each task runs a shard. If several `#SBATCH` lines set the same
 * option, the last one counts: `extra` may change the lines above it, but not those below.
 *
 * A minute before a task's time is up, Slurm sends SIGUSR1 to its shell. The shell stops
 * `reproduce` at a checkpoint and puts the task back in the queue. When a task is cancelled, Slurm
 * itself sends SIGTERM to all of its processes. The shell then only waits: a second SIGTERM would
 * kill `reproduce`.
 */
export function jobScript({ folder, typedIn, args, tasks, shards, extra }: Job): string {
  const [, ...words] = configuration.tasks.reproduce.command.split(" ");
  const command = [Deno.execPath(), ...words, ...args];
  // sbatch passes on the environment, but is started without the loader's variables.
  const exported = { ...loaderVariables(), INIT_CWD: typedIn };
  return `#!/usr/bin/env bash
#SBATCH --job-name=reproduce
#SBATCH --requeue
#SBATCH --signal=B:USR1@60
${extra === "" ? "" : `#SBATCH ${extra}\n`}#SBATCH --array=${tasks}
#SBATCH --output=${taskLog(sbatchPath(folder), "%a")}
#SBATCH --open-mode=append

${Object.entries(exported).map(([name, value]) => `export ${name}=${bashWord(value)}`).join("\n")}
cd ${bashWord(PROJECT_ROOT)} || exit

trap 'time_is_up=1; kill -TERM $!' USR1
trap : TERM
${command.map(bashWord).join(" ")} --shard "$SLURM_ARRAY_TASK_ID/${shards}" &
# A signal ends "wait", too.
while kill -0 $! 2>/dev/null; do wait $!; done
wait $!
status=$?
if [[ $time_is_up && $status != 0 ]]; then
  scontrol requeue "\${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
fi
exit $status
`;
}

/** The command-line options that submit runs to a cluster. */
export const slurmOptions = {
  submit: { value: "slurm", help: "submit what is missing to Slurm, as a job array of shards" },
  jobs: { value: "N", help: "the number of shards (default: one per run)" },
  slurm: { value: "OPTIONS", help: 'more options for sbatch: "--time=4:00:00 --cpus-per-task=8"' },
  status: { help: "show the state of submitted tasks, of all experiments or of those named" },
} as const;

/**
 * Parses how to submit; null without --submit.
 *
 * @throws UserError naming the option, what it is and what it may be
 */
export function parseSlurmOptions(
  { submit, jobs, slurm, status, shard }: CommandLine<typeof slurmOptions>["options"] & {
    readonly shard: string | undefined;
  },
): { readonly jobs: number | undefined; readonly extra: string } | null {
  if (submit === undefined) {
    if (jobs === undefined && slurm === undefined) return null;
    throw new UserError("--jobs and --slurm say how to submit; give --submit slurm with them");
  }
  if (submit !== "slurm") throw new UserError(`--submit is "${submit}"; choose from slurm`);
  if (status) throw new UserError("choose one of --submit and --status");
  if (shard !== undefined) {
    throw new UserError(
      "--submit makes its own shards; set their number with --jobs N, not --shard",
    );
  }
  return {
    jobs: jobs === undefined ? undefined : parseWholeNumber("jobs", jobs, 1, MOST_SHARDS),
    extra: slurm ?? "",
  };
}
