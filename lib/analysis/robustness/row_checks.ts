/**
 * What makes one measured robust accuracy doubtful beside others (Carlini et al. 2019, "On evaluating
 * adversarial robustness", section 3). Each gives a sentence, or null.
 */
import { type Budget, epsilonText } from "./budget.ts";

/** As much of a row as the checks need. */
export interface CheckedRow extends Budget {
  readonly attack: string;
  /** 0…1 */
  readonly accuracy: number;
}

/** Whether attacked images are classified better than the images themselves. */
export function aboveCleanCheck({ accuracy }: CheckedRow, clean: number): string | null {
  if (!(accuracy > clean)) return null;
  return `the accuracy under attack, ${percent(accuracy)}, is above that without one, ` +
    `${percent(clean)}: the attack helps the classifier`;
}

/** Whether the accuracy is above that of the same attack within a smaller ball. */
export function risingCheck(row: CheckedRow, rows: readonly CheckedRow[]): string | null {
  const smaller = rows.filter(({ attack, norm, epsilon }) =>
    attack === row.attack && norm === row.norm && epsilon < row.epsilon
  );
  const lowest = smaller.toSorted((a, b) => a.accuracy - b.accuracy)[0];
  if (!lowest || !(row.accuracy > lowest.accuracy)) return null;
  return `the accuracy of ${percent(row.accuracy)} at ε = ${epsilonText(row)} is above the ` +
    `${percent(lowest.accuracy)} at ${epsilonText(lowest)}, a smaller ball that lies within: the ` +
    "attack does not find what is there";
}

/**
 * Whether a weaker attack leaves less.
 *
 * @param weaker rows of the attacks that should find no more than this one
 */
export function weakerCheck(row: CheckedRow, weaker: readonly CheckedRow[]): string | null {
  const lowest = weaker
    .filter(({ norm, epsilon }) => norm === row.norm && epsilon === row.epsilon)
    .toSorted((a, b) => a.accuracy - b.accuracy)[0];
  if (!lowest || !(row.accuracy > lowest.accuracy)) return null;
  return `the accuracy of ${percent(row.accuracy)} at ε = ${epsilonText(row)} is above the ` +
    `${percent(lowest.accuracy)} under ${lowest.attack}, a weaker attack: gradients may be masked`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
