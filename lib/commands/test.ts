import { chooseAssertLibrary } from "./assert_library.ts";
import { runCommand } from "./command_line.ts";
import { PROJECT_ROOT } from "../files/project_root.ts";

const command = {
  name: "test",
  summary: "Runs the tests, or those in the files and folders given. What a test needs and this\n" +
    "machine lacks (Jupyter, Chromium, …) is named as the reason why it is skipped.",
  positionals: "[file…]",
  options: {
    filter: { value: "TEXT", help: "only tests whose name contains this" },
  },
} as const;

if (import.meta.main) {
  await runCommand(command, Deno.args, async ({ positionals, options }) => {
    const assertions = await chooseAssertLibrary();
    console.log(`assertions: ${assertions.description}`);
    const run = new Deno.Command(Deno.execPath(), {
      args: [
        "test",
        "--allow-all",
        "--no-lock",
        "--doc",
        "--v8-flags=--expose-gc",
        ...assertions.denoArguments,
        ...(options.filter === undefined ? [] : ["--filter", options.filter]),
        ...(positionals.length > 0 ? positionals : ["tests", "lib", "experiments"]),
      ],
      cwd: positionals.length > 0 ? Deno.cwd() : PROJECT_ROOT,
      env: { NO_COLOR: "1" },
      stdout: "piped",
    }).spawn();
    const counts = await passThrough(run.stdout);
    const { success } = await run.status;
    if (counts === null) {
      console.error("error: no test ran");
      return 1;
    }
    const { passed, failed, skipped } = counts;
    console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
    if (passed + failed === 0) console.error("error: no test ran");
    return success && passed > 0 ? 0 : 1;
  });
}

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Copies the runner's output to ours, and reads its closing line; null if there was none. */
async function passThrough(output: ReadableStream<Uint8Array>): Promise<Counts | null> {
  let tail = "";
  const decoder = new TextDecoder();
  for await (const chunk of output) {
    await Deno.stdout.write(chunk);
    tail = (tail + decoder.decode(chunk, { stream: true })).slice(-2000);
  }
  const closing = [...tail.matchAll(
    /^(?:ok|FAILED) \| (\d+) passed.*?\| (\d+) failed(?:.*?\| (\d+) ignored)?/gm,
  )].at(-1);
  if (!closing) return null;
  const [passed, failed, skipped] = closing.slice(1).map((text) => Number(text ?? 0));
  return { passed, failed, skipped };
}
