import * as tf from "@tensorflow/tfjs";

/** Computes the softmax of each row of a row-major `[n, classes]` matrix, in float64. */
export function softmaxRows(logits: ArrayLike<number>, classes: number): Float64Array {
  const probabilities = new Float64Array(logits.length);
  for (let row = 0; row < logits.length; row += classes) {
    let max = -Infinity;
    for (let c = 0; c < classes; c++) max = Math.max(max, logits[row + c]);
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      sum += probabilities[row + c] = Math.exp(logits[row + c] - max);
    }
    for (let c = 0; c < classes; c++) probabilities[row + c] /= sum;
  }
  return probabilities;
}

/** True for a class index, 0 … classes − 1. */
export function isClass(value: number, classes: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < classes;
}

/** Finds the index of the largest entry of each row of `[n, classes]`; the first of equal ones. */
export function topClasses(logits: ArrayLike<number>, classes: number): Int32Array {
  return Int32Array.from({ length: logits.length / classes }, (_, row) => {
    let top = 0;
    for (let c = 1; c < classes; c++) {
      if (logits[row * classes + c] > logits[row * classes + top]) top = c;
    }
    return top;
  });
}

/** Computes the L2 norm of each image of a batch `[n, h, w, c]`, as `[n]`. */
export function rowNorms(batch: tf.Tensor4D): tf.Tensor1D {
  return tf.tidy(() => tf.sqrt(squaredRowNorms(batch)));
}

/** Computes the squared L2 norm of each image, as `[n]`. */
export function squaredRowNorms(batch: tf.Tensor4D): tf.Tensor1D {
  return tf.tidy(() => tf.sum(tf.square(batch), [1, 2, 3]));
}

/** Multiplies each image of a batch by its own factor, `[n]`. */
export function scaleRows(batch: tf.Tensor4D, factors: tf.Tensor1D): tf.Tensor4D {
  return tf.tidy(() => tf.mul(factors.reshape([-1, 1, 1, 1]), batch));
}

/** Gathers the rows of a tensor at these indices, in their order. */
export function gatherRows<T extends tf.Tensor>(tensor: T, rows: ArrayLike<number>): T {
  return tf.tidy(() => tf.gather(tensor, tf.tensor1d(Int32Array.from(rows), "int32")));
}

/**
 * Takes each row from the first tensor where `takesFirst`, `[n]`, is true, and from the second
 * elsewhere; both are `[n, …]`. `tf.where` with a column as its condition gives the same, but it
 * repeats the column for each number of a row. On `cpu` and `onednn` it does so in plain
 * JavaScript, which took a fifth of the time of Carlini and Wagner's attack.
 */
export function chooseRows<T extends tf.Tensor>(
  takesFirst: tf.Tensor1D | readonly boolean[],
  first: T,
  second: T,
): T {
  if (Array.isArray(takesFirst) && !takesFirst.includes(true)) return tf.clone(second);
  return tf.tidy(() => {
    const [n] = first.shape;
    const condition = takesFirst instanceof tf.Tensor
      ? takesFirst
      : tf.tensor1d([...takesFirst], "bool");
    const rows = tf.where(condition, tf.range(0, n, 1, "int32"), tf.range(n, 2 * n, 1, "int32"));
    return tf.gather(tf.concat([first, second]), rows as tf.Tensor1D) as T;
  });
}

/** Lists, for each row of logits, the classes other than its label by descending logit. */
export function mostProbableOthers(
  logits: ArrayLike<number>,
  classes: number,
  labels: ArrayLike<number>,
): number[][] {
  return Array.from({ length: logits.length / classes }, (_, row) => {
    const logit = (k: number) => logits[row * classes + k];
    return Array.from({ length: classes }, (_, k) => k)
      .filter((k) => k !== labels[row])
      .sort((a, b) => logit(b) - logit(a));
  });
}
