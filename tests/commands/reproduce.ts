import { join } from "node:path";
import { runTask, startTask, type TaskResult } from "./run_task.ts";

export const RUN = "experiments/run.ts";

/** A backend that needs no installation. */
export const SMOKE = ["quickstart", "--scale", "smoke", "--backend", "wasm"];

/** Options for 50 training images, which are one mini-batch per epoch. */
export const SMALL = ["--fractions", "0.01"];

/** The shortest run. */
export const ONE = [...SMOKE, ...SMALL, "--methods", "original", "--seeds", "1"];

/** Options for tests of many runs, on the default backend. */
export const FASTEST = ["--scale", "smoke"];

/** The short runs of the quickstart, on the default backend. */
export const SHORT = ["quickstart", ...FASTEST, ...SMALL];

/** Runs the command to its end. */
export function reproduce(folder: string, ...args: string[]): Promise<TaskResult> {
  return runTask(RUN, ...args, "--results", folder);
}

/** A running command, with its output so far. */
export interface Reproducing {
  readonly process: Deno.ChildProcess;
  /** Waits until standard error contains a text. @throws Error if the command ends before */
  until(text: string): Promise<void>;
  /** Waits for the end. */
  ended(): Promise<Deno.CommandStatus & { readonly stderr: string; readonly stdout: string }>;
}

export function startReproducing(folder: string, ...args: string[]): Reproducing {
  const process = startTask(RUN, ...args, "--results", folder);
  const stdout = new Response(process.stdout).text();
  let told = "";
  const ended = Promise.withResolvers<void>();
  let onTold = () => {};
  (async () => {
    for await (const text of process.stderr.pipeThrough(new TextDecoderStream())) {
      told += text;
      onTold();
    }
    ended.resolve();
  })();
  return {
    process,
    async until(text) {
      const found = Promise.withResolvers<void>();
      onTold = () => told.includes(text) && found.resolve();
      onTold();
      await Promise.race([found.promise, ended.promise]);
      if (!told.includes(text)) throw new Error(`ended without "${text}":\n${told}`);
    },
    async ended() {
      const [status] = await Promise.all([process.status, ended.promise]);
      return { ...status, stderr: told, stdout: await stdout };
    },
  };
}

/** Gives the path of the only file or folder in a folder. */
export async function onlyEntry(folder: string): Promise<string> {
  const [{ name }] = await Array.fromAsync(Deno.readDir(folder));
  return join(folder, name);
}

/** Reads the files of a folder of results, by name; none if the folder is missing. */
export async function filesIn(folder: string): Promise<Record<string, string>> {
  const entries = await Array.fromAsync(Deno.readDir(folder)).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  });
  const names = entries.map(({ name }) => name).filter((name) => name !== ".lock").sort();
  return Object.fromEntries(
    await Promise.all(
      names.map(async (name) => [name, (await Deno.readFile(join(folder, name))).toBase64()]),
    ),
  );
}

/** Reads tables and weights, which interruptions must not change. Leaves out half-written files. */
export async function outcomesIn(folder: string): Promise<Record<string, string>> {
  const files = {
    ...await filesIn(join(folder, "tables")),
    ...await filesIn(join(folder, "students")),
  };
  return Object.fromEntries(Object.entries(files).filter(([name]) => !name.endsWith(".tmp")));
}
