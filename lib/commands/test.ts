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

/**
 * Tests that do nothing but compute, most of them on one core. They run in a process of their own beside
 * the others, which start programs, kernels and browsers.
 */
const COMPUTING = [
  ...["analysis", "attack", "backend", "data", "distillation", "golden", "nn", "parity"],
  ...["selection", "training"],
].map((folder) => `tests/${folder}`);

/** OpenMP and Mesa's driver for the processor would wait, spinning, for cores that the other process has. */
const ONE_CORE = { OMP_NUM_THREADS: "1", LP_NUM_THREADS: "1" };

if (import.meta.main) {
  await runCommand(command, Deno.args, async ({ positionals, options }) => {
    const assertions = await chooseAssertLibrary();
    console.log(`assertions: ${assertions.description}`);
    const filter = options.filter === undefined ? [] : ["--filter", options.filter];
    const cwd = positionals.length > 0 ? Deno.cwd() : PROJECT_ROOT;
    const run = (files: readonly string[], show: (chunk: Uint8Array) => unknown, env = {}) =>
      runTests([...assertions.denoArguments, ...filter, ...files], { cwd, env }, show);
    const show = (chunk: Uint8Array) => Deno.stdout.write(chunk);
    if (positionals.length > 0) return tell([await run(positionals, show)]);
    // Two at once would be a muddle: what the second says is shown when both are done.
    const unshown: Uint8Array[] = [];
    const results = await Promise.all([
      run([`--ignore=${COMPUTING}`, "tests", "lib", "experiments"], show, ONE_CORE),
      run(COMPUTING, (chunk) => unshown.push(chunk), ONE_CORE),
    ]);
    for (const chunk of unshown) await show(chunk);
    return tell(results);
  });
}

/** What one process of the runner came to; counts are null if it ended without any. */
interface Result {
  readonly success: boolean;
  readonly counts:
    | { readonly passed: number; readonly failed: number; readonly skipped: number }
    | null;
}

async function runTests(
  args: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Record<string, string> },
  show: (chunk: Uint8Array) => unknown,
): Promise<Result> {
  const run = new Deno.Command(Deno.execPath(), {
    // `deno task check` looks at types, once instead of in each process.
    args: [
      "test",
      "--allow-all",
      "--no-check",
      "--no-lock",
      "--doc",
      "--v8-flags=--expose-gc",
      ...args,
    ],
    cwd,
    env: { NO_COLOR: "1", ...env },
    stdout: "piped",
  }).spawn();
  let tail = "";
  const decoder = new TextDecoder();
  for await (const chunk of run.stdout) {
    await show(chunk);
    tail = (tail + decoder.decode(chunk, { stream: true })).slice(-2000);
  }
  const { success } = await run.status;
  const closing = [...tail.matchAll(
    /^(?:ok|FAILED) \| (\d+) passed.*?\| (\d+) failed(?:.*?\| (\d+) ignored)?/gm,
  )].at(-1);
  if (!closing) return { success, counts: null };
  const [passed, failed, skipped] = closing.slice(1).map((text) => Number(text ?? 0));
  return { success, counts: { passed, failed, skipped } };
}

/** Says what the tests came to, and gives the exit status. */
function tell(results: readonly Result[]): number {
  const all = results.flatMap(({ counts }) => counts ?? []);
  if (all.length < results.length) {
    console.error("error: the tests ended before their time, or none ran");
    return 1;
  }
  const sum = (of: "passed" | "failed" | "skipped") =>
    all.reduce((total, one) => total + one[of], 0);
  console.log(`${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`);
  if (sum("passed") + sum("failed") === 0) console.error("error: no test ran");
  return results.every(({ success }) => success) && sum("passed") > 0 ? 0 : 1;
}
