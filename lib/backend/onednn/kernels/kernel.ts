import type * as tf from "@tensorflow/tfjs";
import type { OnednnBackend } from "../onednn_backend.ts";

/** What TensorFlow.js gives to a kernel. */
export interface KernelCall<Attributes = Record<string, unknown>> {
  readonly inputs: Readonly<Record<string, tf.TensorInfo>>;
  readonly attrs: Attributes;
  readonly backend: OnednnBackend;
}

/** A kernel of TensorFlow.js that oneDNN, or this backend's memory, serves better than a loop. */
export interface Kernel {
  readonly kernelName: string;
  /** Gives null for what is left to tfjs-backend-cpu: other types, rare attributes, tiny tensors. */
  // deno-lint-ignore no-explicit-any -- each kernel knows its own attributes
  run(call: KernelCall<any>): tf.TensorInfo | tf.TensorInfo[] | null;
}

export function isFloat(...tensors: tf.TensorInfo[]): boolean {
  return tensors.every(({ dtype }) => dtype === "float32");
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Below so many values a call of oneDNN costs more than the loop. */
export const WORTHWHILE = 1024;
