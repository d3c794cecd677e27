import { findProgram } from "../../lib/files/find_program.ts";
import { runProgram } from "../../lib/files/run_program.ts";
import { UserError } from "../../lib/user_error.ts";

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
