import { join } from "node:path";
import os from "node:os";
import configuration from "../../deno.json" with { type: "json" };
import { openedLibrary } from "../backend/onednn/open_library.ts";
import { filesUnder } from "./files_under.ts";
import { PROJECT_ROOT } from "../files/project_root.ts";
import { runProgram } from "../files/run_program.ts";
import { sha256 } from "../files/sha256.ts";

/** The version of TensorFlow.js that deno.json pins. */
export const TFJS_VERSION = configuration.imports["@tensorflow/tfjs"].split("@").at(-1)!;

/** The machine, versions and code that made a result. */
export interface Provenance {
  readonly machine: string;
  readonly deno: string;
  readonly tfjs: string;
  /** Git commit of the checkout, with "+changes" if files differ from it; "unknown" without git */
  readonly commit: string;
  /** SHA-256 of the .ts files in lib/ and experiments/ */
  readonly source: string;
}

/** Describes the machine and the checkout of this process. */
export async function provenance(): Promise<Provenance> {
  return {
    machine: await describeMachine(),
    deno: Deno.version.deno,
    tfjs: TFJS_VERSION,
    commit: await commit(),
    source: await sourceHash(),
  };
}

/** Describes the machine: "AMD EPYC, AVX-512, 2 cores, 24 GiB, linux". */
async function describeMachine(): Promise<string> {
  const cpus = os.cpus();
  return [
    cpus[0]?.model.trim() ?? Deno.build.arch,
    // Deno allows /proc only with --allow-all.
    openedLibrary()?.instructions ??
      vectorInstructions(await Deno.readTextFile("/proc/cpuinfo").catch(() => "")) ?? [],
    `${cpus.length} cores`,
    `${Math.round(os.totalmem() / 2 ** 30)} GiB`,
    Deno.build.os,
  ].flat().join(", ");
}

async function commit(): Promise<string> {
  const head = await git("rev-parse", "HEAD");
  if (head === null) return "unknown";
  const changes = await git("status", "--porcelain", "--", "lib", "experiments", "deno.json");
  return changes === "" ? head : `${head}+changes`;
}

async function git(...args: string[]): Promise<string | null> {
  try {
    const { success, stdout } = await runProgram("git", ["-C", PROJECT_ROOT, ...args]);
    return success ? stdout : null;
  } catch {
    return null; // no git here
  }
}

/** Computes the SHA-256 of the .ts files in lib/ and experiments/. */
export async function sourceHash(): Promise<string> {
  const files: string[] = [];
  for (const folder of ["lib", "experiments"]) {
    for await (const file of filesUnder(join(PROJECT_ROOT, folder))) {
      if (file.endsWith(".ts")) files.push(`${folder}/${file}`);
    }
  }
  const parts = await Promise.all(
    files.sort().map(async (file) =>
      [file, await Deno.readFile(join(PROJECT_ROOT, file))] as const
    ),
  );
  return sha256(...parts.flat());
}

/** CPU flags and names, widest first: a CPU with one flag also has those after it. */
const WIDEST_FIRST = [
  ["amx_tile", "AMX"],
  ["avx512_bf16", "AVX-512 with bfloat16"],
  ["avx512f", "AVX-512"],
  ["avx2", "AVX2"],
];

/**
 * Finds the widest vector instructions of an x86 processor. In virtual machines two processors may
 * have one model name: one "AMD EPYC" took 1.8 times as long per training step as another.
 *
 * @param cpuinfo the text of Linux's `/proc/cpuinfo`
 * @returns null if it names none
 */
export function vectorInstructions(cpuinfo: string): string | null {
  const flags = /^flags\s*:(.*)$/m.exec(cpuinfo)?.[1].split(/\s+/) ?? [];
  return WIDEST_FIRST.find(([flag]) => flags.includes(flag))?.[1] ?? null;
}
