import configuration from "../../deno.json" with { type: "json" };

/**
 * Gives the arguments that a task passes to Deno: the permissions of its command and its file.
 *
 * @param more options of Deno, which go first
 */
export function denoArguments(script: string, ...more: string[]): string[] {
  const { command } = Object.values(configuration.tasks)
    .find(({ command }) => command.endsWith(` ${script}`))!;
  const [, run, ...words] = command.split(" ");
  return [run, "--no-lock", ...more, ...words];
}
