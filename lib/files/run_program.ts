import { loaderVariables } from "./loader_variables.ts";

export interface ProgramOutput {
  readonly success: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs one of the programs that a task names in its permissions, and gives what it printed, trimmed.
 *
 * The loader's variables are empty for it: with them a program can be made to do anything, so Deno hands
 * none on where only some programs may be started.
 *
 * @throws Deno.errors.NotFound if there is no such program
 */
export async function runProgram(name: string, args: readonly string[]): Promise<ProgramOutput> {
  const { success, stdout, stderr } = await new Deno.Command(name, {
    args: [...args],
    env: Object.fromEntries(Object.keys(loaderVariables()).map((variable) => [variable, ""])),
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  return { success, stdout: text(stdout), stderr: text(stderr) };
}
