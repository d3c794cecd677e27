import type * as tf from "@tensorflow/tfjs";
import type { OnednnBackend } from "../onednn_backend.ts";

/** The arguments that TensorFlow.js gives to a kernel. */
export interface KernelCall<Attributes = Record<string, unknown>> {
  readonly inputs: Readonly<Record<string, tf.TensorInfo>>;
  readonly attrs: Attributes;
  readonly backend: OnednnBackend;
}

/** A kernel that replaces one of tfjs-backend-cpu. */
export interface Kernel {
  readonly kernelName: string;
  /** Runs it. Null leaves the call to tfjs-backend-cpu: other types, tiny tensors, …. */
  // deno-lint-ignore no-explicit-any -- each kernel knows its own attributes
  run(call: KernelCall<any>): tf.TensorInfo | tf.TensorInfo[] | null;
}

export function isFloat(...tensors: tf.TensorInfo[]): boolean {
  return tensors.every(({ dtype }) => dtype === "float32");
}

/** The number of values from which a call of oneDNN is faster than the loop. */
export const WORTHWHILE = 1024;
