import * as tf from "@tensorflow/tfjs";
import type { StepContext } from "./method.ts";
import { withGradient } from "../tensors/with_gradient.ts";

/** The embeddings of a mini-batch, and a bank that they are compared with. */
export interface Contrast {
  /** `[n, length]`, rows of length 1 */
  readonly anchors: tf.Tensor2D;
  /** `[images, length]`, taken as constant */
  readonly bank: tf.Tensor2D;
  /** The mini-batch's images, as rows of the bank, `[n]`, int32 */
  readonly rows: tf.Tensor1D;
  /** See `contrastCounts`, `[n, images]` */
  readonly counts: tf.Tensor2D;
  /** K */
  readonly negatives: number;
  /** τ */
  readonly temperature: number;
}

/**
 * Counts how often each training image is in the contrast of each image of a mini-batch,
 * `[n, images]`: once for itself, and K times for images of other classes, drawn without replacement
 * if there are K of them.
 */
export function contrastCounts(
  negatives: number,
  { indices, labelValues, trainingLabels, random }: Pick<
    StepContext,
    "indices" | "labelValues" | "trainingLabels" | "random"
  >,
): tf.Tensor2D {
  const images = trainingLabels.length;
  const draw = random("negatives");
  const counts = new Float32Array(indices.length * images);
  const labels = Int32Array.from(trainingLabels);
  const rowsOfOthers = new Map([...new Set(labelValues)].map((label) => [
    label,
    Int32Array.from(labels.keys()).filter((image) => labels[image] !== label),
  ]));
  labelValues.forEach((label, row) => {
    const start = row * images;
    counts[start + indices[row]] = 1;
    const others = rowsOfOthers.get(label)!.slice();
    let left = others.length;
    const isPutBack = negatives > left;
    for (let k = 0; k < negatives; k++) {
      const drawn = Math.floor(draw() * left);
      counts[start + others[drawn]]++;
      if (!isPutBack) others[drawn] = others[--left];
    }
  });
  return tf.tensor2d(counts, [indices.length, images]);
}

/**
 * Computes the loss of noise-contrastive estimation (equation 18 of Tian et al. 2020): with
 * `p = exp(a·b/τ)/Z` and noise `K/images`, a row is the image's own, and none of K negatives, with
 * probability `p/(p + K/images)`. This is a logistic loss of
 * `x = a·b/τ − log(Z·K/images)`: the sum of softplus(x) over all rows of the contrast, minus x of the own
 * row.
 *
 * Gathered rows of K = 16,384 negatives would fill 2 GB. So anchors are multiplied by the whole bank, and
 * each row counts as often as it was drawn. The product is smaller up to 2 million training images.
 *
 * @param normaliser Z, `[1]`, taken as constant
 * @returns the mean over the mini-batch
 */
export function contrastLoss(contrast: Contrast, normaliser: tf.Tensor): tf.Scalar {
  const { anchors, bank, rows, counts, negatives, temperature } = contrast;
  const scaled = tf.div(anchors, temperature);
  const shift = tf.log(tf.mul(normaliser, negatives / bank.shape[0]));
  const all = tf.sub(tf.matMul(scaled, bank, false, true), shift);
  const own = tf.sub(tf.sum(tf.mul(scaled, tf.gather(bank, rows)), 1), shift);
  return tf.div(tf.sub(countedSoftplus(all, counts), tf.sum(own)), anchors.shape[0]);
}

/** Computes `Σ counts·log(1 + exp(x))`. Its own gradient frees all but one tensor before the way back. */
function countedSoftplus(x: tf.Tensor, counts: tf.Tensor): tf.Scalar {
  return withGradient(x, (x) => {
    const odds = tf.exp(x);
    const total = tf.add(odds, 1);
    const slopes = tf.mul(counts, tf.div(odds, total));
    return {
      value: tf.sum(tf.sum(tf.mul(counts, tf.log(total)), 1)) as tf.Scalar,
      saved: [slopes],
      gradient: (dy, [slopes]) => tf.mul(slopes, dy),
    };
  });
}

/**
 * Estimates Z, `[1]`: the mean of `exp(a·b/τ)` over the contrast, times the number of images. It has no
 * gradient, since later mini-batches take it as given.
 */
export function estimateNormaliser(
  { anchors, bank, counts, negatives, temperature }: Omit<Contrast, "rows">,
): tf.Tensor1D {
  return withGradient(anchors, (anchors) => {
    const scores = tf.exp(tf.matMul(tf.div(anchors, temperature), bank, false, true));
    const sum = tf.sum(tf.sum(tf.mul(counts, scores), 1));
    const share = bank.shape[0] / (anchors.shape[0] * (negatives + 1));
    const value: tf.Tensor1D = tf.mul(sum, share).reshape([1]);
    return { value, gradient: () => tf.zeros(anchors.shape) };
  });
}
