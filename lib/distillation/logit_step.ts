import type * as tf from "@tensorflow/tfjs";
import type { StepContext, StepReport } from "./method.ts";
import { crossEntropy } from "./soft_cross_entropy.ts";

/**
 * A step on the cross-entropy and on a loss that compares the student with the teacher by logits alone.
 *
 * @param loss from the logits of both, `[n, classes]`, to the terms of the loss
 */
export async function logitStep(
  { images, labels, cleanPass, backward, timed }: StepContext,
  loss: (teacher: tf.Tensor2D, student: tf.Tensor2D) => Record<string, tf.Scalar>,
): Promise<StepReport> {
  const clean = await timed("teacher", () => cleanPass({ pullback: false }));
  try {
    await timed("student", () => {
      backward(images, ({ logits }) => ({
        cross_entropy: crossEntropy(labels, logits),
        ...loss(clean.logits, logits),
      })).dispose();
    });
  } finally {
    clean.dispose();
  }
  return {};
}
