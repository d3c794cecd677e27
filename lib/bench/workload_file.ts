import { permute } from "../nn/layout.ts";
import { encodeSafetensors, type StoredTensor } from "../nn/safetensors.ts";
import { OPTIMIZER, type StoredNetwork, TERM_WEIGHTS, type Workload } from "./workload.ts";

/** Encodes a workload as a safetensors file in PyTorch's layouts, with its settings as metadata. */
export function encodeWorkload(workload: Workload): Uint8Array {
  const { images, shape: [n, h, w, c], labels, uniform, teacher, student, settings } = workload;
  const tensors = new Map<string, StoredTensor>([
    ["images", { dtype: "F32", shape: [n, c, h, w], data: permute(images, [n, h, w, c], NCHW) }],
    ["labels", { dtype: "I32", shape: [n], data: labels }],
    ["uniform", { dtype: "F32", shape: [uniform.length], data: uniform }],
    ...prefixed("teacher.", teacher),
    ...prefixed("student.", student),
  ]);
  const numbers = {
    ...settings,
    ...OPTIMIZER,
    teacherDepth: teacher.architecture.depth,
    studentDepth: student.architecture.depth,
    alpha: TERM_WEIGHTS.distillation,
    beta: TERM_WEIGHTS.boundary,
  };
  const metadata = Object.fromEntries(
    Object.entries(numbers).map(([name, value]) => [name, String(value)]),
  );
  return encodeSafetensors({ tensors, metadata });
}

/** The order of the axes that turns NHWC into NCHW. */
const NCHW = [0, 3, 1, 2];

function prefixed(prefix: string, { tensors }: StoredNetwork): [string, StoredTensor][] {
  return [...tensors].map(([name, tensor]) => [prefix + name, tensor]);
}
