import { MOST_SHARDS } from "../../lib/runs/shard.ts";
import { type CommandLine, parseWholeNumber } from "../../lib/commands/command_line.ts";
import { UserError } from "../../lib/user_error.ts";

/** The options of a command that hand its runs to a cluster. */
export const slurmOptions = {
  submit: { value: "slurm", help: "submit what is missing to Slurm, as a job array of shards" },
  jobs: { value: "N", help: "how many shards (default: one a run)" },
  slurm: { value: "OPTIONS", help: 'more options for sbatch: "--time=4:00:00 --cpus-per-task=8"' },
  status: { help: "where tasks stand that were submitted, of all experiments or of those named" },
} as const;

/**
 * How to submit; null if nothing is to be submitted.
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
    throw new UserError("--submit makes shards of its own; --jobs N says how many, not --shard");
  }
  return {
    jobs: jobs === undefined ? undefined : parseWholeNumber("jobs", jobs, 1, MOST_SHARDS),
    extra: slurm ?? "",
  };
}
