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
    const { OnednnBackend } = await import("./onednn/onednn_backend.ts");
    const { registerKernels } = await import("./onednn/register_kernels.ts");
    const opened = openLibrary(threads);
    registerKernels("onednn");
    tf.registerBackend("onednn", () => new OnednnBackend(opened));
  },
};
