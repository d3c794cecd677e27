import * as tf from "@tensorflow/tfjs";
import type { NetworkOutput } from "../nn/network.ts";
import type { StepContext, StepReport } from "./method.ts";

/**
 * A step on a loss that compares the student with the teacher by more than their logits.
 *
 * @param loss from the outputs of both, and what the method trains besides, to the terms of the loss
 */
export async function featureStep(
  { images, teacher, backward, timed }: StepContext,
  loss: (
    student: NetworkOutput,
    teacher: NetworkOutput,
    own: ReadonlyMap<string, tf.Variable>,
  ) => Record<string, tf.Scalar>,
): Promise<StepReport> {
  const taught = await timed("teacher", () => teacher.forward(images));
  try {
    await timed("student", () => {
      backward(images, (output, own) => loss(output, taught, own)).dispose();
    });
  } finally {
    tf.dispose([taught.logits, ...taught.features]);
  }
  return {};
}
