/** α(e) = max(3 (1 − e/E), 0) + 1, the weight of the teacher's logits (published code). */
export function distillationWeight(epoch: number, epochs: number): number {
  return Math.max(3 * (1 - epoch / epochs), 0) + 1;
}

/**
 * β(e) = max(2 (1 − 4e/(3E)), 0), the weight of the boundary supporting samples (published code): off
 * in the last quarter of training.
 */
export function boundaryWeight(epoch: number, epochs: number): number {
  return Math.max(2 * (1 - (4 * epoch) / (3 * epochs)), 0);
}
