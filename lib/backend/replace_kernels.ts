import * as tf from "@tensorflow/tfjs";

/** Registers kernels with a backend and replaces those that have the same names. */
export function replaceKernels(kernels: readonly tf.KernelConfig[]): void {
  for (const kernel of kernels) {
    const { kernelName, backendName } = kernel;
    // The declared type is wrong: the result is undefined if there is none.
    if (tf.getKernel(kernelName, backendName)) tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel(kernel);
  }
}
