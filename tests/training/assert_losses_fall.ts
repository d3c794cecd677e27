import { assert } from "@std/assert";

/** Fails unless each stage ends with a lower cross-entropy, or loss where it has none, than it began with. */
export function assertLossesFall(rows: readonly Record<string, unknown>[]): void {
  for (const [stage, its] of Map.groupBy(rows, (row) => row.stage)) {
    const losses = its.map((row) => Number(row.loss_cross_entropy ?? row.loss));
    assert(losses.length > 1 && losses.at(-1)! < losses[0], `losses of stage ${stage}: ${losses}`);
  }
}
