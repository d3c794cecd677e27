import { assert } from "@std/assert";

/** Fails unless each stage lowers its cross-entropy, or its loss if it has no cross-entropy. */
export function assertLossesFall(rows: readonly Record<string, unknown>[]): void {
  for (const [stage, its] of Map.groupBy(rows, (row) => row.stage)) {
    const losses = its.map((row) => Number(row.loss_cross_entropy ?? row.loss));
    assert(losses.length > 1 && losses.at(-1)! < losses[0], `losses of stage ${stage}: ${losses}`);
  }
}
