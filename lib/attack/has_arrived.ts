import type { AttackClasses } from "./attack.ts";
import { topClasses } from "../selection/probabilities.ts";
import type { View, WalkState } from "./walk.ts";

/** For each row whether it is where the attack wants it: at its target, or away from its label. */
export function hasArrived<S extends WalkState>(
  { samples, values, logits }: View<S>,
  { labels, targets }: AttackClasses,
): boolean[] {
  return Array.from(topClasses(values, logits.shape[1]), (top, row) => {
    const sample = samples[row];
    return targets ? top === targets[sample] : top !== labels[sample];
  });
}
