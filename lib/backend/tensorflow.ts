import * as tf from "@tensorflow/tfjs";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import util from "node:util";
import type { Backend } from "./backend.ts";

/**
 * TensorFlow's own C library: with CUDA through `npm:@tensorflow/tfjs-node-gpu`, or for the
 * processor through `npm:@tensorflow/tfjs-node` if only that is installed.
 *
 * The packages are loaded on demand. An install script fetches their native part; it needs Deno's
 * permission and access to TensorFlow's download site.
 */
export const tensorflow: Backend = {
  name: "tensorflow",
  summary: "TensorFlow's C library, with CUDA (npm:@tensorflow/tfjs-node-gpu) or without",
  runsAtOnce: () => 1,
  register: ({ isAutomatic = false }) => loadTensorflow(PACKAGES, isAutomatic),
  // A GPU works in order: once its last result is there, all its work is done.
  finish: async () => {
    const last = tf.tidy(() => tf.add(tf.scalar(1), 1));
    await last.data();
    last.dispose();
  },
  arithmetic: () => Promise.resolve({ device: usesGpu() ? "GPU" : "processor" }),
};

/** A package that contains the backend. */
export interface TensorflowPackage {
  readonly name: string;
  readonly load: () => Promise<unknown>;
}

const PACKAGES: readonly TensorflowPackage[] = [
  packageNamed("@tensorflow/tfjs-node-gpu", () => import("@tensorflow/tfjs-node-gpu")),
  packageNamed("@tensorflow/tfjs-node", () => import("@tensorflow/tfjs-node")),
];

/** Checks for the native part first, since a failing import takes 0.15 s at each start. */
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
    return false; // not in Deno's cache yet; the import puts it there
  }
}

/**
 * Loads the first package that works.
 *
 * @param packages a parameter so that tests can replace them
 * @param needsGpu true to refuse a package that computes on the processor, where onednn is faster
 * @throws Error with the first package's reason if none loads, or if a GPU is needed and there is
 *   none
 */
export async function loadTensorflow(
  packages: readonly TensorflowPackage[],
  needsGpu: boolean,
): Promise<void> {
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
      throw new Error(`${name} finds no GPU that it can use; run deno task setup --gpu to see why`);
    }
    return;
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

/** Restores `util.isNullOrUndefined` for tfjs-node 4.22.0; Node 23 and Deno removed it. */
function repairUtil(): void {
  const legacy = util as { isNullOrUndefined?: (value: unknown) => boolean };
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
}
