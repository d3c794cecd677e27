import * as tf from "@tensorflow/tfjs";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import util from "node:util";
import type { Backend } from "./backend.ts";

/**
 * TensorFlow's own C library, with CUDA through `npm:@tensorflow/tfjs-node-gpu`, or for the processor
 * through `npm:@tensorflow/tfjs-node` where only that is installed.
 *
 * The packages are loaded only when asked for: their native part is fetched by an install script, which
 * Deno runs only when allowed and which needs a route to TensorFlow's download site.
 */
export const tensorflow: Backend = {
  name: "tensorflow",
  summary: "TensorFlow's C library, with CUDA (npm:@tensorflow/tfjs-node-gpu) or without",
  runsAtOnce: () => 1,
  register: async ({ isAutomatic = false }) => {
    await loadTensorflow(PACKAGES, isAutomatic);
  },
  // What is computed on a GPU is done in order: once the last is there, all of it is.
  finish: async () => {
    const last = tf.tidy(() => tf.add(tf.scalar(1), 1));
    await last.data();
    last.dispose();
  },
  arithmetic: () => Promise.resolve({ device: usesGpu() ? "GPU" : "processor" }),
};

/** A package that brings the backend, and how it is imported. */
export interface TensorflowPackage {
  readonly name: string;
  readonly load: () => Promise<unknown>;
}

const PACKAGES: readonly TensorflowPackage[] = [
  packageNamed("@tensorflow/tfjs-node-gpu", () => import("@tensorflow/tfjs-node-gpu")),
  packageNamed("@tensorflow/tfjs-node", () => import("@tensorflow/tfjs-node")),
];

/** Looks for the native part first. Loading a package without it only to fail costs every start 0.15 s. */
function packageNamed(name: string, importIt: () => Promise<unknown>): TensorflowPackage {
  return {
    name,
    load: async () => {
      if (lacksAddon(name)) throw new Error("tfjs_binding.node is not there");
      await importIt();
    },
  };
}

function lacksAddon(name: string): boolean {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
    return !existsSync(join(folder, "lib"));
  } catch {
    return false; // not in Deno's cache yet: importing it puts it there
  }
}

/**
 * Loads the first of the packages that can be.
 *
 * @param packages a parameter so that tests can stand in for them
 * @param needsGpu whether it is refused where it computes on the processor: onednn is faster there
 * @returns the package's name
 * @throws Error if none loads, with the reason of the first, or if there is no GPU that it needs
 */
export async function loadTensorflow(
  packages: readonly TensorflowPackage[],
  needsGpu: boolean,
): Promise<string> {
  repairUtil();
  const reasons: string[] = [];
  for (const { name, load } of packages) {
    try {
      await load();
    } catch (error) {
      reasons.push(reasonOf(name, error as Error));
      continue;
    }
    if (needsGpu && !usesGpu()) {
      throw new Error(`${name} finds no GPU that it can use; deno task setup --gpu says why`);
    }
    return name;
  }
  throw new Error(`${reasons[0]}; deno task setup --gpu installs it`);
}

function reasonOf(name: string, { message }: Error): string {
  return /tfjs_binding\.node/.test(message)
    ? `the native library of ${name} is not installed`
    : `${name} does not load (${message.split("\n")[0]})`;
}

function usesGpu(): boolean {
  const backend = tf.findBackend("tensorflow") as { isUsingGpuDevice?: boolean } | null;
  return backend?.isUsingGpuDevice ?? false;
}

/** tfjs-node 4.22.0 calls `util.isNullOrUndefined`, which Node 23 and Deno no longer have. */
function repairUtil(): void {
  const legacy = util as { isNullOrUndefined?: (value: unknown) => boolean };
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
}
