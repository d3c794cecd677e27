import { loaderVariables } from "./loader_variables.ts";

export interface ProgramOutput {
  readonly success: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs one of the programs that a task's permissions name, and returns its trimmed output.
 *
 * The loader's variables are emptied. They can make a program do anything, so Deno refuses to pass
 * them on if a task may start only some programs.
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
