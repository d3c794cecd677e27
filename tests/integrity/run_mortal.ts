import { assert } from "@std/assert";
import { setTimeout as delay } from "node:timers/promises";
import { denoArguments } from "../commands/deno_arguments.ts";
import { RUN } from "../commands/reproduce.ts";
import { startDeno } from "../commands/run_task.ts";

/** The time at which a process dies. */
export interface Death {
  readonly moment: string;
  /** The occurrence of the moment, from 1 */
  readonly time: number;
  /** Milliseconds until the process is killed from outside; with 0 it kills itself */
  readonly later: number;
}

/** The end of a process. */
export interface End {
  readonly isKilled: boolean;
  /** The messages of its runs */
  readonly messages: readonly string[];
}

/** Starts mortal_runner.ts and waits for its end. With little to do it may end before its death. */
export async function runMortal(work: string, folder: string, death?: Death): Promise<End> {
  const later = death?.later ?? 0;
  const args = death ? [death.moment, String(death.time)] : [];
  if (later > 0) args.push("--later");
  const runner = denoArguments(RUN).with(-1, "tests/integrity/mortal_runner.ts");
  const process = startDeno([...runner, work, folder, ...args]);
  const stderr = new Response(process.stderr).text();
  let said = "";
  let killed: Promise<void> | undefined;
  for await (const text of process.stdout.pipeThrough(new TextDecoderStream())) {
    said += text;
    if (later > 0 && said.includes("now\n")) killed ??= kill(process, later);
  }
  await killed;
  const { success, signal } = await process.status;
  assert(success || signal === "SIGKILL", await stderr);
  const messages = said.split("\n").filter((line) => line !== "" && line !== "now");
  return { isKilled: !success, messages };
}

async function kill(process: Deno.ChildProcess, later: number): Promise<void> {
  await delay(later);
  try {
    process.kill("SIGKILL");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // It has ended by itself.
  }
}
