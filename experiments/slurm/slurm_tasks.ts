import { runSlurmProgram } from "./slurm_program.ts";
import { UserError } from "../../lib/user_error.ts";

/** What Slurm says of a task. */
export interface SlurmTask {
  /** "running", "pending (Resources), requeued 2×", "out of memory" */
  readonly state: string;
  /** Whether it will not run any more. */
  readonly isOver: boolean;
}

/** States of a task that has ended; every other one is of a task that waits or runs. */
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
 * The tasks of arrays that Slurm knows of, by array and task, "12_3"; it forgets a task a few minutes
 * after its end.
 *
 * @returns besides them why Slurm could not be asked, null if it was
 */
export async function slurmTasks(
  jobIds: readonly string[],
): Promise<{ tasks: ReadonlyMap<string, SlurmTask>; unasked: string | null }> {
  if (jobIds.length === 0) return { tasks: new Map(), unasked: null };
  try {
    return { tasks: parseTasks(await squeue(jobIds)), unasked: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    // Its answer for one job that it has forgotten; of several it lists those that it knows.
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
