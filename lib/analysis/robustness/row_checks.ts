import { type Budget, epsilonText } from "./budget.ts";

/** The part of a row that the checks need. */
export interface CheckedRow extends Budget {
  readonly attack: string;
  /** The accuracy, 0…1. */
  readonly accuracy: number;
}

/** Checks whether attacked images are classified better than the images themselves. */
export function aboveCleanCheck({ accuracy }: CheckedRow, clean: number): string | null {
  if (!(accuracy > clean)) return null;
  return `the accuracy under attack, ${percent(accuracy)}, is above that without one, ` +
    `${percent(clean)}: the attack helps the classifier`;
}

/** Checks whether the accuracy is above that of the same attack within a smaller ball. */
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
 * Checks whether a weaker attack has a lower accuracy.
 *
 * @param weaker rows of attacks that should not lower the accuracy more than this one
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
