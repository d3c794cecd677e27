import * as tf from "@tensorflow/tfjs";

/**
 * Training operations are written once, in terms of TensorFlow.js's own; a backend may serve one by a
 * kernel of its own under a name of this project's. Whether the current backend does:
 */
export function hasFusedKernel(name: string): boolean {
  // Undefined where there is none, whatever the declared type says.
  return tf.getKernel(name, tf.getBackend()) !== undefined;
}

/** Runs it; the contract stands with the name. */
export function runFusedKernel<Outputs>(
  name: string,
  inputs: Readonly<Record<string, tf.Tensor | undefined>>,
  attributes: object,
): Outputs {
  return tf.engine().runKernel(
    name,
    inputs as tf.NamedTensorMap,
    attributes as tf.NamedAttrMap,
  ) as unknown as Outputs;
}
