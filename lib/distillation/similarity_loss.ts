import * as tf from "@tensorflow/tfjs";
import { normaliseRows } from "./normalise_rows.ts";

/**
 * How alike the network finds the images of a mini-batch (Tung and Mori 2019): the products of their
 * flattened features, each row divided by its L2 norm, `[n, n]`.
 *
 * @param features `[n, h, w, c]`
 */
export function similarityMatrix(features: tf.Tensor4D): tf.Tensor2D {
  const rows = features.reshape([features.shape[0], -1]) as tf.Tensor2D;
  return normaliseRows(tf.matMul(rows, rows, false, true));
}

/**
 * The similarity-preserving loss `1/n² · ‖G_t − G_s‖²`, the mean squared difference of two similarity
 * matrices.
 *
 * @param teacher features `[n, h, w, c]`, taken as constant
 * @param student features of the same images; all but their number may differ
 */
export function similarityLoss(teacher: tf.Tensor4D, student: tf.Tensor4D): tf.Scalar {
  return tf.mean(tf.square(tf.sub(similarityMatrix(student), similarityMatrix(teacher))));
}
