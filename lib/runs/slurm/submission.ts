import { join } from "node:path";
import { writeAtomically } from "../../files/write_atomically.ts";
import { UserError } from "../../user_error.ts";
import { findProgram } from "../../files/find_program.ts";
import { runProgram } from "../../files/run_program.ts";

/** A submitted job array. Each task runs a shard of the missing runs. */
export interface Submission {
  /** Slurm's number of the job array. */
  readonly jobId: string;
  /** ISO 8601 */
  readonly submitted: string;
  readonly experiments: readonly string[];
  /** The arguments of `reproduce`, without `--shard`. */
  readonly args: readonly string[];
  readonly tasks: readonly SubmittedTask[];
}

const FIELDS = ["jobId", "submitted", "experiments", "args", "tasks"] as const;

export interface SubmittedTask {
  /** The task's number in the array, and its shard's. */
  readonly task: number;
  /** The names of each run's results, by the run's name. */
  readonly runs: Readonly<Record<string, readonly string[]>>;
}

/** Makes a folder for a submission, in the results folder: `slurm/2026-01-31T12-00-00-5f0c/`. */
export async function makeSubmissionFolder(results: string): Promise<string> {
  const time = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
  const folder = join(results, "slurm", `${time}-${crypto.randomUUID().slice(0, 4)}`);
  await Deno.mkdir(folder, { recursive: true });
  return folder;
}

/** Gives the file, in the submission's folder, of a task's output over all its attempts. */
export function taskLog(folder: string, task: number | string): string {
  return `${folder}/${task}.log`;
}

const RECORD = "submission.json";

export async function writeSubmission(folder: string, submission: Submission): Promise<void> {
  const text = JSON.stringify(submission, null, 2) + "\n";
  await writeAtomically(join(folder, RECORD), text);
}

/**
 * Reads all submissions from a results folder, by their folders, oldest first.
 *
 * @throws UserError naming a damaged record
 */
export async function readSubmissions(results: string): Promise<Map<string, Submission>> {
  const submissions = new Map<string, Submission>();
  for (const folder of await foldersIn(join(results, "slurm"))) {
    const path = join(folder, RECORD);
    try {
      const submission = JSON.parse(await Deno.readTextFile(path));
      if (!FIELDS.every((field) => Object.hasOwn(Object(submission), field))) {
        throw new SyntaxError(`it should have ${FIELDS.join(", ")}`);
      }
      submissions.set(folder, submission);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) continue; // no job was submitted
      if (!(error instanceof SyntaxError)) throw error;
      throw new UserError(`${path} is damaged (${error.message}); delete its folder`, {
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
 * Runs one of Slurm's programs and gives its output.
 *
 * @throws UserError if the program is missing, or with its message if it fails
 */
export async function runSlurmProgram(name: string, args: readonly string[]): Promise<string> {
  if (await findProgram([name]) === null) {
    throw new UserError(`there is no ${name} here; use a machine with Slurm's programs`);
  }
  const { success, stdout, stderr } = await runProgram(name, args);
  if (!success) throw new UserError(`${name} failed: ${stderr || "it did not say why"}`);
  return stdout;
}

/** Escapes a path for a line of `#SBATCH`, in which "%" and some other characters are special. */
export function sbatchPath(path: string): string {
  return path.replaceAll("%", "%%").replace(/[^\w./%-]/gu, "\\$&");
}
