import * as tf from "@tensorflow/tfjs";
import { UserError } from "../user_error.ts";

/** Against a division by zero, as PyTorch's `normalize` has it. */
const SHORTEST = 1e-12;

/**
 * The spatial attention map of features `[n, h, w, c]` (Zagoruyko and Komodakis 2017, with p = 2): the
 * mean over channels of their squares, flattened and divided by its L2 norm, `[n, h·w]`.
 */
export function attentionMap(features: tf.Tensor4D): tf.Tensor2D {
  const [n, h, w] = features.shape;
  const map = tf.mean(tf.square(features), 3).reshape([n, h * w]) as tf.Tensor2D;
  // The maximum inside the root, whose gradient at zero would be infinite.
  const norm = tf.sqrt(tf.maximum(tf.sum(tf.square(map), 1, true), SHORTEST ** 2));
  return tf.div(map, norm);
}

/**
 * The attention transfer loss of one stage: the mean squared difference of two attention maps.
 *
 * @param teacher features `[n, h, w, c]`, taken as constant
 * @param student features of the same height and width; channels may differ
 * @throws UserError if height or width differ
 */
export function attentionTransfer(teacher: tf.Tensor4D, student: tf.Tensor4D): tf.Scalar {
  const [, height, width] = student.shape;
  if (teacher.shape[1] !== height || teacher.shape[2] !== width) {
    throw new UserError(
      `attention maps of ${teacher.shape[1]}×${
        teacher.shape[2]
      } and ${height}×${width} cannot be ` +
        `compared; teacher and student need stages of the same height and width`,
    );
  }
  return tf.mean(tf.square(tf.sub(attentionMap(student), attentionMap(teacher)))) as tf.Scalar;
}
