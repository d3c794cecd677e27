import * as tf from "@tensorflow/tfjs";
import { stageAt } from "./comparable_features.ts";
import { featureStep } from "./feature_step.ts";
import type { DistillationMethod } from "./method.ts";
import { similarityLoss } from "./similarity_loss.ts";
import { crossEntropy } from "./soft_cross_entropy.ts";
import { number } from "../options.ts";

const options = {
  /** γ, on the mean squared difference of the similarity matrices */
  weight: number(3000, { min: 0 }),
};

/**
 * Similarity-preserving distillation (Tung and Mori 2019): cross-entropy, and γ times the mean squared
 * difference between how alike student and teacher find the images of a mini-batch, by the features of
 * their last stage.
 *
 * Where it departs from their paper: the last stage alone is compared, also where the networks have as
 * many stages; batch size and schedule are those of the other methods here.
 */
export const similarity: DistillationMethod<typeof options> = {
  name: "similarity",
  summary: "how alike the images of a mini-batch are (Tung and Mori 2019)",
  options,
  needsTeacher: true,
  stages: (_options, epochs) => [{ name: "train", epochs }],
  passes: () => ({ student: 3, teacher: 1 }),
  step: ({ weight }, context) =>
    featureStep(context, ({ logits, features }, teacher) => ({
      cross_entropy: crossEntropy(context.labels, logits),
      similarity: tf.mul(
        similarityLoss(stageAt(teacher.features, -1), stageAt(features, -1)),
        weight,
      ),
    })),
};
