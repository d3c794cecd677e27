import * as tf from "@tensorflow/tfjs";
import { type Backend, ownKernels } from "./backend.ts";

/**
 * oneDNN, the library under PyTorch's convolutions on the CPU, called from TypeScript. It starts
 * its own threads, by default one for each core. Runs side by side with one thread each are faster than
 * runs one after the other on all cores: TypeScript's work between two calls of oneDNN then also
 * runs in parallel, and no thread waits for another.
 */
export const onednn: Backend = {
  name: "onednn",
  summary: "oneDNN 3.x, the fastest on a processor",
  runsAtOnce: (cores) => cores,
  takesThreads: true,
  register: async ({ threads }) => {
    if (tf.findBackendFactory("onednn")) return;
    const { openLibrary } = await import("./onednn/open_library.ts");
    const { ResNetOnednnBackend } = await import("./onednn/resnet_backend.ts");
    const { registerKernels } = await import("./onednn/register_kernels.ts");
    const opened = openLibrary(threads);
    registerKernels();
    tf.registerBackend("onednn", () => new ResNetOnednnBackend(opened));
  },
  arithmetic: async () => {
    const { openLibrary } = await import("./onednn/open_library.ts");
    const { version, instructions } = openLibrary();
    const variables = VARIABLES.filter((name) => Deno.env.has(name))
      .map((name) => `${name}=${Deno.env.get(name)}`);
    return {
      library: `oneDNN ${version}`,
      instructions,
      ...ownKernels,
      ...(variables.length > 0 ? { variables: variables.join(" ") } : {}),
    };
  },
};

/** The environment variables that change rounding. We override the one of the math mode. */
const VARIABLES = ["ONEDNN", "DNNL"].flatMap((prefix) => [
  `${prefix}_MAX_CPU_ISA`,
  `${prefix}_CPU_ISA_HINTS`,
]);
