import { resolve } from "node:path";
import { chooseAssertLibrary } from "./assert_library.ts";
import { parseList, runCommand } from "./command_line.ts";
import { exists } from "../files/exists.ts";
import { hiddenParts, HIDEABLE, HIDING } from "../files/hidden.ts";
import { PROJECT_ROOT } from "../files/project_root.ts";
import { UserError } from "../user_error.ts";
import { writeAll } from "../files/write_all.ts";

const command = {
  name: "test",
  summary:
    "Runs all tests, or those in the given files and folders. Skips tests that need something\n" +
    "this machine lacks (Jupyter, Chromium, …), and names it.\n\n" +
    "parts of a machine that --without hides:\n" +
    Object.entries(HIDEABLE).map(([part, what]) => `  ${part.padEnd(12)}${what}`).join("\n"),
  positionals: "[file…]",
  options: {
    filter: { value: "TEXT", help: "only tests whose name contains this" },
    changed: {
      help: "only tests of folders changed since the last commit; all tests if one has none",
    },
    without: {
      value: "PARTS",
      help: `hide these parts of the machine, as ${HIDING} does for every command`,
    },
  },
} as const;

/** The slowest folders. They start first, so that no long one is left for the end. */
const LONGEST_FIRST = [
  ...["commands", "notebooks", "runs", "integrity", "training", "browser", "nn", "golden"],
  "backend",
];

/**
 * Folders whose files share an isolate, since starting and compiling TensorFlow.js for each file
 * takes a quarter of their time. Other folders start programs or change what is global.
 */
const SHARING = [
  ...["analysis", "attack", "data", "distillation", "nn", "report", "runs", "selection", "store"],
  ...["teacher", "training"],
];

/** The folders whose tests also cover a change in this one. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  attack: ["distillation", "backend"],
  distillation: ["training", "report", "backend"],
};

/**
 * One thread each, because the processes run side by side: OpenMP and Mesa would spin in wait. Mesa
 * compiles a shader for each new shape; narrow vectors without optimisation halve that time.
 */
const ONE_CORE = {
  OMP_NUM_THREADS: "1",
  LP_NUM_THREADS: "1",
  LP_NATIVE_VECTOR_WIDTH: "128",
  GALLIVM_PERF: "nopt",
};
/** For two cores, since one of the processes often waits for Jupyter, Slurm or a disk. */
const SIDE_BY_SIDE = 3;
/** The processes that run tests now. They end with this one. */
const RUNNING = new Set<Deno.ChildProcess>();

if (import.meta.main) {
  await runCommand(command, Deno.args, async ({ positionals, options }) => {
    if (options.changed && positionals.length > 0) {
      throw new UserError("give either --changed or files, not both");
    }
    if (options.without !== undefined) {
      const parts = hiddenParts(parseList("without", options.without).join());
      Deno.env.set(HIDING, [...hiddenParts(), ...parts].join());
    }
    for (const part of hiddenParts()) console.log(`hidden: ${part}, ${HIDEABLE[part]}`);
    const assertions = await chooseAssertLibrary();
    console.log(`assertions: ${assertions.description}`);
    const filter = options.filter === undefined ? [] : ["--filter", options.filter];
    const args = [...assertions.denoArguments, ...filter];
    if (Deno.build.os !== "windows") {
      Deno.addSignalListener("SIGTERM", () => {
        for (const run of RUNNING) {
          try {
            run.kill("SIGTERM");
          } catch {
            // It has ended, and is still read.
          }
        }
        Deno.exit(143);
      });
    }
    for (const path of positionals) {
      if (!await exists(path)) {
        throw new UserError(`there is no file or folder ${path}; give tests such as tests/nn`);
      }
    }
    if (positionals.length === 1) {
      return tell([await runTests([...args, ...denoPaths(positionals)])]);
    }
    const jobs = positionals.map((path) => [path]);
    if (jobs.length === 0) {
      Deno.chdir(PROJECT_ROOT);
      const all = await testFolders();
      jobs.push(...options.changed ? foldersOf(await changedFiles(), all) : all);
    }
    if (jobs.length === 0) {
      throw new UserError("no changed folder has tests; leave out --changed to run all tests");
    }
    return tell(await runSideBySide(jobs.map((paths) => [...args, ...denoPaths(paths)])));
  });
}

/** Lists the folders of tests, the tests outside of folders, and the examples in doc comments. */
async function testFolders(): Promise<string[][]> {
  const entries = await Array.fromAsync(Deno.readDir("tests"));
  const folders = entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => name).sort();
  const rank = (name: string) => (LONGEST_FIRST.indexOf(name) + 1) || Infinity;
  return [
    ...folders.toSorted((a, b) => rank(a) - rank(b) || 0).map((name) => [`tests/${name}`]),
    entries.filter(({ name }) => name.endsWith("_test.ts")).map(({ name }) => `tests/${name}`),
    ["lib", "experiments"],
  ];
}

/** Gives what Deno is to test: the paths, or for a folder of `SHARING` the file that imports it. */
function denoPaths(paths: readonly string[]): readonly string[] {
  const folder = resolve(paths[0]);
  const isShared = SHARING.some((name) => folder === resolve(PROJECT_ROOT, "tests", name));
  return isShared ? [resolve(PROJECT_ROOT, "tests/together.ts"), "--", folder] : paths;
}

/** Lists the files that differ from the last commit. */
async function changedFiles(): Promise<string[]> {
  const git = new Deno.Command("git", {
    args: ["status", "--porcelain=v1", "--no-renames", "--untracked-files=all"],
  });
  const { success, stdout, stderr } = await git.output().catch((error) => {
    throw new UserError(`--changed needs git, which cannot be started: ${error.message}`);
  });
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!success) throw new UserError(`--changed needs git, but git failed: ${text(stderr).trim()}`);
  return text(stdout).split("\n").map((line) => line.slice(3));
}

/**
 * Chooses the test folders of changed files. `tests/attack` tests a change of `lib/attack`, and so
 * on. Folders that go through all methods or attacks test a change of these, too. What many tests use,
 * such as `lib/tensors` or a file that lies directly in `tests`, has no tests of its own: all are
 * chosen then.
 */
export function foldersOf(changed: readonly string[], folders: readonly string[][]): string[][] {
  const namesOf = (path: string) => path.split("/").slice(0, 2);
  const tests = folders.map((paths) => paths.map((path) => namesOf(path)[1]));
  const names = changed.map((path) => {
    const [top, folder] = namesOf(path);
    if (top === "experiments") return "runs";
    if (top === "notebooks" || folder === "notebook") return "notebooks";
    return top === "lib" || top === "tests" ? folder : "";
  });
  const hasNoTests = (path: string, index: number) =>
    /^(lib|tests)\/.*\.ts$/.test(path) && !tests.flat().includes(names[index]);
  if (changed.some(hasNoTests)) return [...folders];
  const wanted = names.flatMap((name) => [name, ...ALSO[name] ?? []]);
  return folders.filter((_, index) => tests[index].some((name) => wanted.includes(name)));
}

/** The outcome of one process; `counts` is null if it ended without reporting any. */
interface Result {
  readonly success: boolean;
  readonly counts:
    | { readonly passed: number; readonly failed: number; readonly skipped: number }
    | null;
}

/**
 * Runs processes side by side. Shows the output of each when it ends, so that outputs do not mix, and
 * what failed once more at the end, below thousands of lines.
 */
async function runSideBySide(jobs: readonly (readonly string[])[]): Promise<Result[]> {
  const left = jobs.values();
  const results: Result[] = [];
  let failures = "";
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, async () => {
    for (const args of left) {
      let unshown = "";
      const result = await runTests(args, ONE_CORE, (text) => unshown += text);
      results.push(result);
      console.log(unshown);
      if (!result.success) failures += unshown.slice(Math.max(0, unshown.indexOf("\n ERRORS ")));
    }
  }));
  if (failures !== "") console.log(failures);
  return results;
}

async function runTests(
  args: readonly string[],
  env: Record<string, string> = {},
  show: (text: string) => unknown = (text) => writeAll(Deno.stdout, new TextEncoder().encode(text)),
): Promise<Result> {
  const run = new Deno.Command(Deno.execPath(), {
    // `deno task check` checks types, once instead of in each process.
    args: [
      "test",
      "--allow-all",
      "--no-check",
      "--doc",
      "--v8-flags=--expose-gc",
      ...args,
    ],
    env: { NO_COLOR: "1", ...env },
    stdout: "piped",
  }).spawn();
  RUNNING.add(run);
  let tail = "";
  for await (const text of run.stdout.pipeThrough(new TextDecoderStream())) {
    await show(text);
    tail = (tail + text).slice(-2000);
  }
  const { success } = await run.status;
  RUNNING.delete(run);
  const closing = [...tail.matchAll(
    /^(?:ok|FAILED) \| (\d+) passed.*?\| (\d+) failed(?:.*?\| (\d+) ignored)?/gm,
  )].at(-1);
  if (!closing) return { success, counts: null };
  const [passed, failed, skipped] = closing.slice(1).map((text) => Number(text ?? 0));
  return { success, counts: { passed, failed, skipped } };
}

/** Prints the total counts and returns the exit status. */
function tell(results: readonly Result[]): number {
  const all = results.flatMap(({ counts }) => counts ?? []);
  if (all.length < results.length) {
    console.error("error: the tests ended early, or none ran");
    return 1;
  }
  const sum = (of: "passed" | "failed" | "skipped") =>
    all.reduce((total, one) => total + one[of], 0);
  console.log(`${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`);
  if (sum("passed") + sum("failed") === 0) console.error("error: no test ran");
  return results.every(({ success }) => success) && sum("passed") > 0 ? 0 : 1;
}
