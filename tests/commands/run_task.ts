import { fileURLToPath } from "node:url";
import { denoArguments } from "./deno_arguments.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export interface TaskResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/** A cache folder in place of the user's; the tests of one file share it. */
const TEACHER_LOGITS = Deno.makeTempDirSync({ prefix: "bss-test-" });
globalThis.addEventListener("unload", () => Deno.removeSync(TEACHER_LOGITS, { recursive: true }));

/** The longest time a program may take, in ms; otherwise one that does not stop would hold up all tests. */
const LONGEST = 240_000;

/** Starts Deno in the project's folder. Stops it if it takes too long. */
export function startDeno(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT,
    env: { NO_COLOR: "1", INIT_CWD: ROOT, BSS_TEACHER_LOGITS: TEACHER_LOGITS, ...env },
    signal: AbortSignal.timeout(LONGEST),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Runs Deno to its end. */
export async function runDeno(...args: Parameters<typeof startDeno>): Promise<TaskResult> {
  const start = performance.now();
  const { code, stdout, stderr } = await startDeno(...args).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const seconds = (performance.now() - start) / 1000;
  return { code, stdout: text(stdout), stderr: text(stderr), seconds };
}

/** Starts a command as its task does. */
export function startTask(script: string, ...args: string[]): Deno.ChildProcess {
  return startDeno([...denoArguments(script), ...args]);
}

/** Runs a command to its end. */
export function runTask(script: string, ...args: string[]): Promise<TaskResult> {
  return runDeno([...denoArguments(script), ...args]);
}

/** Reads all files under a folder except locks, to check that nothing has changed. */
export async function snapshot(folder: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.name === ".lock") continue;
    if (entry.isDirectory) Object.assign(files, await snapshot(path));
    else files[path] = (await Deno.readFile(path)).toBase64();
  }
  return files;
}
