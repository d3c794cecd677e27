import util from "node:util";
import type { Backend } from "./backend.ts";

/**
 * TensorFlow's own C library with CUDA, through `npm:@tensorflow/tfjs-node-gpu`.
 *
 * The package is loaded only when asked for: its native part is fetched by an install script, which
 * Deno runs only when allowed and which needs a route to TensorFlow's download site.
 */
export const tensorflow: Backend = {
  name: "tensorflow",
  summary: "libtensorflow with CUDA (npm:@tensorflow/tfjs-node-gpu)",
  runsAtOnce: () => 1,
  register: () => loadTensorflow(() => import("@tensorflow/tfjs-node-gpu")),
};

/** @param load imports the native package; a parameter so that tests can stand in for it */
export async function loadTensorflow(load: () => Promise<unknown>): Promise<void> {
  repairUtil();
  try {
    await load();
  } catch (error) {
    throw new Error(`${reasonOf(error as Error)}; to install it: ${INSTALL}`, { cause: error });
  }
}

/** Install scripts run only where there is a node_modules folder, and only when allowed. */
const INSTALL = 'set "nodeModulesDir": "auto" in deno.json, then run ' +
  "deno install --allow-scripts=npm:@tensorflow/tfjs-node-gpu";

function reasonOf({ message }: Error): string {
  return /tfjs_binding\.node/.test(message)
    ? "the native library of @tensorflow/tfjs-node-gpu is not installed"
    : `@tensorflow/tfjs-node-gpu does not load (${message.split("\n")[0]})`;
}

/** tfjs-node 4.22.0 calls `util.isNullOrUndefined`, which Node 23 and Deno no longer have. */
function repairUtil(): void {
  const legacy = util as { isNullOrUndefined?: (value: unknown) => boolean };
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
}
