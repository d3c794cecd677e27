import * as tf from "@tensorflow/tfjs";
import { type Backend, ownKernels } from "./backend.ts";

/**
 * WebAssembly with XNNPACK, the embedded default. It needs only npm packages. `wasm/` adds the
 * training kernels that it lacks and replaces those that are slow loops.
 *
 * It runs on one thread: TensorFlow.js takes Deno for Node and leaves its wasm threads off.
 */
export const wasm: Backend = {
  name: "wasm",
  summary: "WebAssembly (XNNPACK), needs only npm packages",
  runsAtOnce: (cores) => cores,
  register: async () => {
    await import("@tensorflow/tfjs-backend-wasm");
    const { registerTrainingKernels } = await import("./wasm/register_training_kernels.ts");
    registerTrainingKernels();
  },
  arithmetic: async () => ({
    instructions: await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT") ? "SIMD" : "no SIMD",
    ...ownKernels,
  }),
};
