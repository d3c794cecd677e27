import configuration from "../../deno.json" with { type: "json" };

/**
 * What a task hands to Deno, in the project's folder: the permissions of its command and the command's file.
 *
 * @param more options of Deno, which go first
 */
export function denoArguments(script: string, ...more: string[]): string[] {
  const { command } = Object.values(configuration.tasks)
    .find(({ command }) => command.endsWith(` ${script}`))!;
  const [, run, ...words] = command.split(" ");
  return [run, "--no-lock", ...more, ...words];
}
