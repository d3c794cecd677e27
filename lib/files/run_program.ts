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
export async function runProgram(
  name: string,
  args: readonly string[],
  { cwd, env = {} }: { readonly cwd?: string; readonly env?: Record<string, string> } = {},
): Promise<ProgramOutput> {
  const { success, stdout, stderr } = await new Deno.Command(name, {
    args: [...args],
    cwd,
    env: {
      ...Object.fromEntries(Object.keys(loaderVariables()).map((variable) => [variable, ""])),
      ...env,
    },
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  return { success, stdout: text(stdout), stderr: text(stderr) };
}
