import { join } from "node:path";
import { writeAtomically } from "../../files/write_atomically.ts";
import { UserError } from "../../user_error.ts";
import { findProgram } from "../../files/find_program.ts";
import { runProgram } from "../../files/run_program.ts";

/** What was submitted: a job array, each of whose tasks runs a shard of what was missing. */
export interface Submission {
  /** Slurm's number of the array. */
  readonly jobId: string;
  /** ISO 8601 */
  readonly submitted: string;
  readonly experiments: readonly string[];
  /** The arguments of `reproduce`, without `--shard`. */
  readonly args: readonly string[];
  readonly tasks: readonly SubmittedTask[];
}

export interface SubmittedTask {
  /** Its number in the array, and that of its shard. */
  readonly task: number;
  /** The results that each of its runs comes to, by the run's name. */
  readonly runs: Readonly<Record<string, readonly string[]>>;
}

/** Makes the folder of a new submission, in the results folder: `slurm/2026-01-31T12-00-00-5f0c/`. */
export async function makeSubmissionFolder(results: string): Promise<string> {
  const time = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
  const folder = join(results, "slurm", `${time}-${crypto.randomUUID().slice(0, 4)}`);
  await Deno.mkdir(folder, { recursive: true });
  return folder;
}

/** The file, in the submission's folder, of what a task printed over all its attempts. */
export function taskLog(folder: string, task: number | string): string {
  return `${folder}/${task}.log`;
}

const RECORD = "submission.json";

export async function writeSubmission(folder: string, submission: Submission): Promise<void> {
  const text = JSON.stringify(submission, null, 2) + "\n";
  await writeAtomically(join(folder, RECORD), new TextEncoder().encode(text));
}

/**
 * Everything that was submitted from a results folder, oldest first, by its folder.
 *
 * @throws UserError naming a record that is damaged
 */
export async function readSubmissions(results: string): Promise<Map<string, Submission>> {
  const submissions = new Map<string, Submission>();
  for (const folder of await foldersIn(join(results, "slurm"))) {
    const path = join(folder, RECORD);
    try {
      submissions.set(folder, JSON.parse(await Deno.readTextFile(path)));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) continue; // never got as far as a job
      if (!(error instanceof SyntaxError)) throw error;
      throw new UserError(`${path} is damaged (${error.message}); delete the folder it is in`, {
        cause: error,
      });
    }
  }
  return submissions;
}

async function foldersIn(folder: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    return entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => join(folder, name))
      .sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/**
 * Runs one of Slurm's programs and gives what it printed.
 *
 * @throws UserError with its message if it fails, or if it is missing
 */
export async function runSlurmProgram(name: string, args: readonly string[]): Promise<string> {
  if (await findProgram([name]) === null) {
    throw new UserError(`there is no ${name} here, one of Slurm's programs`);
  }
  const { success, stdout, stderr } = await runProgram(name, args);
  if (!success) throw new UserError(`${name} failed: ${stderr || "it did not say why"}`);
  return stdout;
}

/** A word as bash takes it literally; plain words stay as they are. */
export function bashWord(text: string): string {
  return /^[\w./:=,@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The path of a file in a line of `#SBATCH`, where "%" and a few others mean something. */
export function sbatchPath(path: string): string {
  return path.replaceAll("%", "%%").replace(/[^\w./%-]/gu, "\\$&");
}
