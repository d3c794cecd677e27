import * as tf from "@tensorflow/tfjs";

/** Registers kernels with a backend, in place of its own where it has some of their names. */
export function replaceKernels(kernels: readonly tf.KernelConfig[]): void {
  for (const kernel of kernels) {
    const { kernelName, backendName } = kernel;
    // Undefined where there is none, whatever the declared type says.
    if (tf.getKernel(kernelName, backendName)) tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel(kernel);
  }
}
