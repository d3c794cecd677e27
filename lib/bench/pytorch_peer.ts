import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { findProgram, isFile } from "../files/find_program.ts";
import { isHidden } from "../files/hidden.ts";
import type { StepTimes } from "./measure_step.ts";
import type { Repeats } from "./repeat.ts";
import type { StepOutcome, Workload } from "./workload.ts";
import { encodeWorkload } from "./workload_file.ts";

const SCRIPT = fileURLToPath(new URL("pytorch_step.py", import.meta.url));

/** The variant in bfloat16. Its first step agrees with a step in float32 only to bfloat16's rounding. */
export const ROUNDED_VARIANT = "bf16";

/** The times of one round, by variant: "published", "tuned" and, where the processor can, "bf16". */
export type PeerRound = Readonly<Record<string, StepTimes>>;

/** The script's first line. */
interface Greeting {
  readonly torch: string;
  readonly threads: number;
  /** The outcome of the first step, by variant. */
  readonly outcomes: Readonly<Record<string, StepOutcome>>;
  /** The reason for each variant that is left out here. */
  readonly left_out: Readonly<Record<string, string>>;
}

/**
 * Finds the first Python with PyTorch: the one on the search path, or the system's, for which
 * distributions package it.
 *
 * @returns its path, or the reason why there is none
 */
export async function findPython(
  candidates?: readonly string[],
): Promise<{ python: string } | { reason: string }> {
  const pythons = candidates ??
    (isHidden("python") ? [] : [await findProgram(["python3"]), "/usr/bin/python3"]);
  for (const python of pythons) {
    if (python === null || !await isFile(python)) continue;
    const { success } = await new Deno.Command(python, {
      args: ["-c", "import numpy, torch"],
      stdout: "null",
      stderr: "null",
    }).output();
    if (success) return { python };
  }
  return {
    reason: "no python3 here has torch and numpy (apt-get install python3-torch, or pip install " +
      "torch numpy)",
  };
}

/** A process that times the same step in PyTorch, in rounds. */
export class PyTorchPeer implements AsyncDisposable {
  readonly greeting: Greeting;
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: AsyncGenerator<string>;
  readonly #folder: string;

  private constructor(
    greeting: Greeting,
    process: Deno.ChildProcess,
    lines: AsyncGenerator<string>,
    folder: string,
  ) {
    this.greeting = greeting;
    this.#process = process;
    this.#input = process.stdin.getWriter();
    this.#lines = lines;
    this.#folder = folder;
  }

  /** @throws Error if the script fails; the script's own messages go to the terminal */
  static async start(
    python: string,
    workload: Workload,
    { timed }: Repeats,
  ): Promise<PyTorchPeer> {
    const folder = await Deno.makeTempDir({ prefix: "bss-bench-" });
    try {
      const file = join(folder, "workload.safetensors");
      await Deno.writeFile(file, encodeWorkload(workload));
      const process = new Deno.Command(python, {
        args: [SCRIPT, file, String(timed)],
        stdin: "piped",
        stdout: "piped",
        stderr: "inherit",
      }).spawn();
      const lines = linesOf(process.stdout);
      const greeting = JSON.parse(await nextLine(lines)) as Greeting;
      return new PyTorchPeer(greeting, process, lines, folder);
    } catch (error) {
      await Deno.remove(folder, { recursive: true });
      throw error;
    }
  }

  /** Times one round of every variant. */
  async round(): Promise<PeerRound> {
    await this.#input.write(new TextEncoder().encode("round\n"));
    return JSON.parse(await nextLine(this.#lines));
  }

  /** Ends the process and removes its files. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close().catch(() => {}); // the process has already ended
    await this.#lines.return(undefined);
    await this.#process.status;
    await Deno.remove(this.#folder, { recursive: true });
  }
}

async function nextLine(lines: AsyncGenerator<string>): Promise<string> {
  const { value, done } = await lines.next();
  if (done) throw new Error("pytorch_step.py ended early; its own messages are above");
  return value;
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    const lines = text.split("\n");
    text = lines.pop()!;
    yield* lines;
  }
}
