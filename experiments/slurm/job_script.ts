import { bashWord, sbatchPath } from "./quote.ts";
import { taskLog } from "./submission.ts";
import configuration from "../../deno.json" with { type: "json" };
import { loaderVariables } from "../../lib/files/loader_variables.ts";
import { PROJECT_ROOT } from "../../lib/files/project_root.ts";

/** What a job script is made of. */
export interface Job {
  /** Where the tasks' logs go. */
  readonly folder: string;
  /** Where the command was typed, which is what paths in its arguments are meant from. */
  readonly typedIn: string;
  /** The arguments of `reproduce`. */
  readonly args: readonly string[];
  /** Which of the shards are tasks, from 1. */
  readonly tasks: readonly number[];
  readonly shards: number;
  /** More options for sbatch, as they are typed. */
  readonly extra: string;
}

/**
 * The script of a job array, each of whose tasks runs a shard. Of `#SBATCH` lines that say the same
 * thing the last counts: `extra` may change what stands before it, but not what stands behind.
 *
 * A minute before a task's time is up, Slurm sends SIGUSR1 to its shell: `reproduce` is stopped at a
 * checkpoint and the task goes back in the queue. When a task is cancelled, Slurm itself sends SIGTERM
 * to all of its processes; the shell then only waits, since another one later would kill `reproduce`.
 */
export function jobScript({ folder, typedIn, args, tasks, shards, extra }: Job): string {
  const [, ...words] = configuration.tasks.reproduce.command.split(" ");
  const command = [Deno.execPath(), ...words, ...args];
  // sbatch hands on the environment, but is started without the loader's variables.
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
