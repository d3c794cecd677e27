import * as tf from "@tensorflow/tfjs";
import { attentionTransfer } from "./attention_transfer.ts";
import { requireSameStages } from "./comparable_features.ts";
import { featureStep } from "./feature_step.ts";
import { hintonOptions, hintonTerm } from "./hinton_term.ts";
import type { DistillationMethod, StepContext, StepReport } from "./method.ts";
import { crossEntropy } from "./soft_cross_entropy.ts";
import { number } from "../options.ts";

const options = {
  /** β, on the mean squared difference of the maps of each stage */
  weight: number(1000, { min: 0 }),
};

const withTemperature = {
  ...options,
  ...hintonOptions,
};

/**
 * Attention transfer (Zagoruyko and Komodakis 2017): cross-entropy, and for each stage β times the
 * mean squared difference between the attention maps of student and teacher.
 *
 * Where it departs from their paper: β is 1000 on the mean over all entries of a map and not β/2 on the
 * norm of the difference, as their published code has it.
 */
export const attention: DistillationMethod<typeof options> = {
  name: "attention",
  summary: "the maps of where each stage is active (Zagoruyko and Komodakis 2017)",
  options,
  needsTeacher: true,
  stages: (_options, epochs) => [{ name: "train", epochs }],
  passes: () => ({ student: 3, teacher: 1 }),
  step: ({ weight }, context) => attentionStep(weight, null, context),
};

/** The same with Hinton's term beside it, as the column "Hinton" of the paper has it. */
export const attentionHinton: DistillationMethod<typeof withTemperature> = {
  ...attention,
  name: "attention+hinton",
  summary: "attention transfer and soft cross-entropy to the teacher's logits",
  options: withTemperature,
  step: ({ weight, temperature }, context) => attentionStep(weight, temperature, context),
};

/** @param temperature of Hinton's term; null for none */
function attentionStep(
  weight: number,
  temperature: number | null,
  context: StepContext,
): Promise<StepReport> {
  return featureStep(context, ({ logits, features }, teacher) => {
    requireSameStages(teacher.features, features);
    const maps = features.map((map, stage) => attentionTransfer(teacher.features[stage], map));
    return {
      cross_entropy: crossEntropy(context.labels, logits),
      attention: tf.mul(tf.addN(maps), weight) as tf.Scalar,
      ...(temperature === null ? {} : {
        distillation: hintonTerm(teacher.logits, logits, temperature, context),
      }),
    };
  });
}
