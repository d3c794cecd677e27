import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export interface TaskResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/** In place of the user's own; the tests of one file share it. */
const TEACHER_LOGITS = Deno.makeTempDirSync({ prefix: "bss-test-" });
globalThis.addEventListener("unload", () => Deno.removeSync(TEACHER_LOGITS, { recursive: true }));

/** Starts a command as its task does. */
export function startTask(script: string, ...args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--quiet", "--no-lock", script, ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1", INIT_CWD: ROOT, BSS_TEACHER_LOGITS: TEACHER_LOGITS },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Runs a command to its end. */
export async function runTask(script: string, ...args: string[]): Promise<TaskResult> {
  const start = performance.now();
  const { code, stdout, stderr } = await startTask(script, ...args).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const seconds = (performance.now() - start) / 1000;
  return { code, stdout: text(stdout), stderr: text(stderr), seconds };
}

/** Every file below a folder with its content, locks aside, for "nothing has changed". */
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
