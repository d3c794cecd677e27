import * as tf from "@tensorflow/tfjs";
import type { Backend } from "./backend.ts";
import type { CheckedWebgpuBackend } from "./webgpu/checked_webgpu_backend.ts";

/**
 * Any GPU that Deno's own WebGPU has a driver for; nothing else needs to be installed. `webgpu/`
 * adds the training kernels that TensorFlow.js lacks on it and replaces slow ones.
 *
 * Its tensors can be read only asynchronously. A driver that computes on the processor is far
 * slower than the processor's own backends, so `auto` passes it over. Tests use it.
 */
export const webgpu: Backend = {
  name: "webgpu",
  summary: "any GPU with a driver for Vulkan, Metal or Direct3D 12, through WebGPU",
  runsAtOnce: () => 1,
  register: async ({ isAutomatic }) => {
    const { requestAdapter, requestDevice } = await import("./webgpu/request_device.ts");
    const adapter = await requestAdapter();
    if (isAutomatic && adapter.info.isFallbackAdapter) {
      const { description } = adapter.info;
      throw new Error(
        `only a driver that computes on the processor is here (${description}); --backend webgpu takes it`,
      );
    }
    if (await isOpen()) return;
    const { CheckedWebgpuBackend } = await import("./webgpu/checked_webgpu_backend.ts");
    const { computeReproducibly, registerTrainingKernels } = await import(
      "./webgpu/register_training_kernels.ts"
    );
    const device = await requestDevice(adapter);
    // Removes the package's own backend, or that of a lost device.
    tf.removeBackend("webgpu");
    tf.registerBackend("webgpu", () => new CheckedWebgpuBackend(device, adapter.info));
    registerTrainingKernels();
    computeReproducibly();
  },
  finish: () => (tf.backend() as CheckedWebgpuBackend).finish(),
  arithmetic: () =>
    Promise.resolve({ device: (tf.backend() as CheckedWebgpuBackend).info.description }),
};

async function isOpen(): Promise<boolean> {
  if (!tf.findBackendFactory("webgpu")) return false;
  const backend = tf.findBackend("webgpu") as CheckedWebgpuBackend | null;
  return backend !== null && await backend.works();
}
