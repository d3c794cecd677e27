import * as tf from "@tensorflow/tfjs";
import { featureStep, normaliseRows, stageAt } from "./shared.ts";
import { defineMethod } from "./method.ts";
import { crossEntropy } from "./soft_cross_entropy.ts";
import { number } from "../options.ts";

const options = {
  /** γ, the weight of the mean squared difference of the similarity matrices */
  weight: number(3000, { min: 0 }),
};

/**
 * Similarity-preserving distillation (Tung and Mori 2019): cross-entropy, and γ times the mean squared
 * difference between the similarity matrices of student and teacher, made from the features of their
 * last stage.
 *
 * Deviations from their paper: only the last stage is compared, even if both networks have the same
 * number of stages; batch size and schedule are those of the other methods here.
 */
export const similarity = defineMethod({
  name: "similarity",
  summary: "the similarities between the images of a mini-batch (Tung and Mori 2019)",
  options,
  step: ({ weight }, context) =>
    featureStep(context, ({ logits, features }, teacher) => ({
      cross_entropy: crossEntropy(context.labels, logits),
      similarity: tf.mul(
        similarityLoss(stageAt(teacher.features, -1), stageAt(features, -1)),
        weight,
      ),
    })),
});

/**
 * Computes the similarity-preserving loss `1/n² · ‖G_t − G_s‖²`, the mean squared difference of two
 * similarity matrices.
 *
 * @param teacher features `[n, h, w, c]`, taken as constant
 * @param student features of the same n images; height, width and channels may differ
 */
export function similarityLoss(teacher: tf.Tensor4D, student: tf.Tensor4D): tf.Scalar {
  return tf.mean(tf.square(tf.sub(similarityMatrix(student), similarityMatrix(teacher))));
}

/**
 * Computes the similarity matrix of a mini-batch (Tung and Mori 2019), `[n, n]`: the products of the
 * images' flattened features, each row divided by its L2 norm.
 *
 * @param features `[n, h, w, c]`
 */
export function similarityMatrix(features: tf.Tensor4D): tf.Tensor2D {
  const rows = features.reshape([features.shape[0], -1]) as tf.Tensor2D;
  return normaliseRows(tf.matMul(rows, rows, false, true));
}
