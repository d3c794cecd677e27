/**
 * Computes α(e) = max(3 (1 − e/E), 0) + 1, the weight of the teacher's logits (published code).
 *
 * @param epoch e = 1 … E of the stage
 */
export function distillationWeight(epoch: number, epochs: number): number {
  return Math.max(3 * (1 - epoch / epochs), 0) + 1;
}

/** β(0), in the published code */
export const BOUNDARY_WEIGHT = 2;

/**
 * Computes β(e) = max(β(0) (1 − 4e/(3E)), 0), the weight of the boundary supporting samples
 * (published code, with β(0) = 2). It is zero from e = 3E/4 on.
 *
 * @param epoch e = 1 … E of the stage
 * @param start β(0)
 */
export function boundaryWeight(epoch: number, epochs: number, start = BOUNDARY_WEIGHT): number {
  return Math.max(start * (1 - (4 * epoch) / (3 * epochs)), 0);
}

/** Computes min(e / (s·E), 1), which rises to 1 over a share s of the epochs; always 1 for s = 0. */
export function warmUp(epoch: number, epochs: number, share: number): number {
  return Math.min(epoch / (share * epochs), 1);
}
