import * as tf from "@tensorflow/tfjs";
import type { Backend } from "./backend.ts";

/**
 * oneDNN, the library under PyTorch's convolutions on the CPU, called from TypeScript. It brings its
 * own threads, one a core unless told otherwise. Runs that are trained side by side, a thread each, are
 * faster than one after the other on all cores: what TypeScript does between two calls of oneDNN then
 * happens side by side too, and no thread waits for another.
 */
export const onednn: Backend = {
  name: "onednn",
  summary: "oneDNN, the CPU's fastest (libdnnl 3.x)",
  runsAtOnce: (cores) => cores,
  register: async ({ threads }) => {
    if (tf.findBackendFactory("onednn")) return;
    const { openLibrary } = await import("./onednn/open_library.ts");
    const { FreezingOnednnBackend } = await import("./onednn/frozen/sliced_network.ts");
    const { registerKernels } = await import("./onednn/register_kernels.ts");
    const opened = openLibrary(threads);
    registerKernels("onednn");
    tf.registerBackend("onednn", () => new FreezingOnednnBackend(opened));
  },
  arithmetic: async () => {
    const { openLibrary } = await import("./onednn/open_library.ts");
    const { version, instructions } = openLibrary();
    const variables = VARIABLES.filter((name) => Deno.env.has(name))
      .map((name) => `${name}=${Deno.env.get(name)}`);
    return {
      library: `oneDNN ${version}`,
      instructions,
      ...(variables.length > 0 ? { variables: variables.join(" ") } : {}),
    };
  },
};

/** The environment variables by which oneDNN rounds otherwise, but for that of the mode, which we set. */
const VARIABLES = ["ONEDNN", "DNNL"].flatMap((prefix) => [
  `${prefix}_MAX_CPU_ISA`,
  `${prefix}_CPU_ISA_HINTS`,
]);
