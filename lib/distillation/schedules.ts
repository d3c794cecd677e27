/** α(e) = max(3 (1 − e/E), 0) + 1, the weight of the teacher's logits (published code). */
export function distillationWeight(epoch: number, epochs: number): number {
  return Math.max(3 * (1 - epoch / epochs), 0) + 1;
}

/** Where the weight of the boundary supporting samples starts, in the published code. */
export const BOUNDARY_WEIGHT = 2;

/**
 * β(e) = max(β (1 − 4e/(3E)), 0), the weight of the boundary supporting samples (published code, with
 * β = 2): off in the last quarter of training.
 *
 * @param start β
 */
export function boundaryWeight(epoch: number, epochs: number, start = BOUNDARY_WEIGHT): number {
  return Math.max(start * (1 - (4 * epoch) / (3 * epochs)), 0);
}

/** min(e / (s·E), 1), which rises to 1 over a share s of the epochs; 1 throughout for s = 0. */
export function warmUp(epoch: number, epochs: number, share: number): number {
  return Math.min(epoch / (share * epochs), 1);
}
