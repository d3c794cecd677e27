import type { AttackClasses } from "./attack.ts";
import { classesOf } from "./classes.ts";
import { outcomesOf } from "./outcome.ts";
import type { View, WalkState } from "./walk.ts";
import { topClasses } from "../selection/probabilities.ts";

/** For each row whether it is where the attack wants it: at its target, or away from its label. */
export function hasArrived<S extends WalkState>(
  { samples, values, logits }: View<S>,
  classes: AttackClasses,
): boolean[] {
  const top = topClasses(values, logits.shape[1]);
  return outcomesOf(top, classesOf(classes, samples))
    .map((outcome) => outcome === "crossed to target");
}
