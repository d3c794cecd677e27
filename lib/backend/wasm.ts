import * as tf from "@tensorflow/tfjs";
import type { Backend } from "./backend.ts";

/**
 * WebAssembly with XNNPACK, the embedded default: needs nothing but npm packages. What it lacks for
 * training, or has only as a slow loop, is registered on it from `wasm/`.
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
  }),
};
