import * as tf from "@tensorflow/tfjs";
import { crossEntropy } from "../distillation/soft_cross_entropy.ts";
import type { Precision } from "../nn/precision.ts";
import { requireTrainingPrecision } from "../nn/training_pass.ts";
import { formatTextTable } from "../report/cell.ts";
import { GradientAccumulator } from "../training/gradients.ts";
import { loadNetwork, type Workload } from "./workload.ts";

/**
 * The error of the student's gradient in bfloat16: the L2 norm of its difference from the float32
 * gradient, divided by the norm of the latter.
 */
export interface GradientError {
  /** The error of all weights together */
  readonly all: number;
  /** The error of each weight, by its name */
  readonly weights: Readonly<Record<string, number>>;
}

/**
 * Compares the gradients of the cross-entropy on a workload's images, on the current backend.
 *
 * @throws UserError if the backend does not train in bfloat16 here
 */
export async function gradientError(workload: Workload): Promise<GradientError> {
  requireTrainingPrecision("bf16");
  const exact = await gradientsOf(workload, "f32");
  const rounded = await gradientsOf(workload, "bf16");
  const norms = [...exact].map(([name, gradient]) => {
    const other = rounded.get(name)!;
    return {
      name,
      error: squaredNorm(gradient.map((value, i) => value - other[i])),
      whole: squaredNorm(gradient),
    };
  });
  const total = (key: "error" | "whole") => norms.reduce((sum, norm) => sum + norm[key], 0);
  return {
    all: Math.sqrt(total("error") / total("whole")),
    weights: Object.fromEntries(
      norms.map(({ name, error, whole }) => [name, Math.sqrt(error / whole)]),
    ),
  };
}

export function gradientTable({ all, weights }: GradientError): string {
  const rows = Object.entries({ ...weights, "all weights": all });
  return formatTextTable(
    ["weight", "error (%)"],
    rows.map(([name, error]) => [name, (100 * error).toFixed(2)]),
    { title: "The student's gradient in bfloat16 against float32, relative L2 error" },
  );
}

async function gradientsOf(
  workload: Workload,
  precision: Precision,
): Promise<Map<string, Float32Array>> {
  const student = loadNetwork(workload.student);
  const images = tf.tensor4d(workload.images, [...workload.shape]);
  const labels = tf.tensor1d(workload.labels, "int32");
  const pass = new GradientAccumulator(student, student.parameters, precision);
  const logits = pass.backward(
    images,
    ({ logits }) => ({ cross_entropy: crossEntropy(labels, logits) }),
  );
  const gradients = new Map<string, Float32Array>();
  for (const [name, gradient] of pass.gradients) {
    gradients.set(name, await gradient.data<"float32">());
  }
  pass.dispose();
  student.dispose();
  tf.dispose([images, labels, logits]);
  return gradients;
}

function squaredNorm(vector: Float32Array): number {
  return vector.reduce((sum, value) => sum + value ** 2, 0);
}
