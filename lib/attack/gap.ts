import * as tf from "@tensorflow/tfjs";

/** On what the gap between base and target class is measured. */
export const GAP_SPACES = ["logits", "softmax"] as const;

export interface Gap {
  /** `L = f_base − f_target`, `[n]` */
  readonly value: tf.Tensor1D;
  /** The gradient of ΣL with respect to the logits, `[n, classes]` */
  readonly dLogits: tf.Tensor2D;
}

/**
 * The loss that the boundary attack drives to zero (Heo et al. 2019, section 3.1), with its gradient.
 *
 * @param difference one row a sample: 1 at the base class, −1 at the target class, 0 elsewhere
 * @param space "softmax" takes f as probabilities instead of logits
 */
export function gapOf(
  logits: tf.Tensor2D,
  difference: tf.Tensor2D,
  space: typeof GAP_SPACES[number],
): Gap {
  if (space === "logits") {
    return { value: tf.sum(tf.mul(logits, difference), 1) as tf.Tensor1D, dLogits: difference };
  }
  const p = tf.softmax(logits);
  const weighted = tf.mul(p, difference);
  const value = tf.sum(weighted, 1, true);
  // The Jacobian of softmax applied to `difference`: p ∘ (difference − ⟨p, difference⟩).
  return {
    value: tf.squeeze(value, [1]) as tf.Tensor1D,
    dLogits: tf.mul(p, tf.sub(difference, value)) as tf.Tensor2D,
  };
}
