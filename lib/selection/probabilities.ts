/** Softmax of each row of a row-major `[n, classes]` matrix, in float64. */
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

/** The index of the largest entry of each row; the first of equal ones. */
export function topClasses(logits: ArrayLike<number>, classes: number): Int32Array {
  return Int32Array.from({ length: logits.length / classes }, (_, row) => {
    let top = 0;
    for (let c = 1; c < classes; c++) {
      if (logits[row * classes + c] > logits[row * classes + top]) top = c;
    }
    return top;
  });
}
