import * as tf from "@tensorflow/tfjs";
import { logitStep } from "./shared.ts";
import { defineMethod } from "./method.ts";
import { distillationWeight } from "./schedules.ts";
import { softCrossEntropy } from "./soft_cross_entropy.ts";
import { number, type Options } from "../options.ts";
import { standardised, standardiseOption } from "./standardise.ts";

/** Options of the methods that have Hinton's term. */
export const hintonOptions = {
  /** T, of both teacher and student */
  temperature: number(3, { above: 0 }),
  ...standardiseOption,
};

/** Computes the distillation loss `J(t/T, s/T)`, of standardised logits if the options say so. */
export function distillationLoss(
  teacherLogits: tf.Tensor2D,
  studentLogits: tf.Tensor2D,
  { temperature, standardise }: Options<typeof hintonOptions>,
): tf.Scalar {
  const [teacher, student] = [teacherLogits, studentLogits].map((logits) =>
    standardise ? standardised(logits) : logits
  );
  return softCrossEntropy(teacher, student, temperature);
}

/**
 * Knowledge distillation (Hinton et al. 2015) as in the paper's comparison: the published code without
 * its boundary term, `CE + α(e)·J(t/T, s/T)`. Hinton et al. use fixed weights and the factor T².
 */
export const hinton = defineMethod({
  name: "hinton",
  summary: "soft cross-entropy to the teacher's logits (Hinton et al. 2015)",
  options: hintonOptions,
  step(options, context) {
    const alpha = distillationWeight(context.epoch, context.epochs);
    return logitStep(context, (teacher, student) => ({
      distillation: tf.mul(distillationLoss(teacher, student, options), alpha),
    }));
  },
});
