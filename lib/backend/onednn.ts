import * as tf from "@tensorflow/tfjs";
import type { Backend } from "./backend.ts";

/**
 * oneDNN, the library under PyTorch's convolutions on the CPU, called from TypeScript. It brings its
 * own threads, one a core, so one run fills the machine.
 */
export const onednn: Backend = {
  name: "onednn",
  summary: "oneDNN, the CPU's fastest (libdnnl 3.x)",
  runsAtOnce: () => 1,
  register: async () => {
    if (tf.findBackendFactory("onednn")) return;
    const { openLibrary } = await import("./onednn/open_library.ts");
    const { OnednnBackend } = await import("./onednn/onednn_backend.ts");
    const { registerKernels } = await import("./onednn/register_kernels.ts");
    const opened = openLibrary();
    registerKernels("onednn");
    tf.registerBackend("onednn", () => new OnednnBackend(opened));
  },
};
