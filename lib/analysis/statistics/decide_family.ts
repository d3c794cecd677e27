import { type Interval, tInterval } from "./interval.ts";
import { holm } from "./paired_comparisons.ts";
import { pairedDifference } from "./paired_difference.ts";

/** The probability of any false verdict in a family without true differences. */
export const SIGNIFICANCE = 0.05;

/** One claim of a family: the mean of its differences is above 0. */
export interface FamilyMember {
  /** The paired differences, one for each planned seed; null if it cannot be tested yet */
  readonly differences: readonly number[] | null;
  /** The largest difference that counts as none; null if it has no such limit */
  readonly margin: number | null;
}

/** The decision on a claim. */
export interface Decision {
  readonly kind: "holds" | "opposite" | "no difference" | "not settled";
  /** The adjusted interval that the decision can be read off */
  readonly interval: Interval;
  /** p-value of the paired t-test, adjusted for the planned size of the family (Holm 1979) */
  readonly adjustedP: number;
}

/**
 * Decides all claims of a family together.
 *
 * Holm's procedure goes through the claims by rising p-value of the paired t-test, at α = 0.05. The
 * k-th of m is settled if Student's interval at the level 1 − α/(m − k + 1) excludes 0; it keeps
 * this interval. From the first one that is not settled on, all have Bonferroni's interval at the
 * level 1 − α/m. It is wider, so it contains 0, too. If it lies within the margin, there is no
 * difference beyond the margin. These are two one-sided tests at α/(2m) each (Schuirmann 1987), so
 * that decision and interval never disagree. A difference that is settled stays one even if its
 * interval lies within the margin.
 *
 * A claim that cannot be tested counts as p = 1. So a claim that is settled stays settled when
 * others of its family become testable. One that is not settled, or shows no
 * difference, may become settled then.
 *
 * The intervals are those of the decisions. Settled claims after the first have narrower ones, so
 * together the intervals contain all true differences less often than Bonferroni's.
 *
 * @param size the planned number of claims, m
 * @returns the decisions in the same order; null for a claim that cannot be tested
 * @throws RangeError if there are more claims than planned, or fewer than two differences
 */
export function decideFamily(
  members: readonly FamilyMember[],
  size: number,
): (Decision | null)[] {
  if (members.length > size) {
    throw new RangeError(`a family of ${size} claims was planned, not of ${members.length}`);
  }
  const pValues = members.map(({ differences }) => differences === null ? 1 : pOf(differences));
  const adjusted = holm([...pValues, ...Array(size - members.length).fill(1)]);
  const decisions = new Array<Decision | null>(members.length).fill(null);
  const ascending = [...members.keys()].sort((a, b) => pValues[a] - pValues[b]);
  let isStopped = false;
  ascending.forEach((index, rank) => {
    const { differences, margin } = members[index];
    if (differences === null) return;
    const step = tInterval(differences, 1 - SIGNIFICANCE / (size - rank))!;
    isStopped ||= step[0] <= 0 && step[1] >= 0;
    const interval = isStopped ? familyInterval(differences, size)! : step;
    decisions[index] = { kind: kindOf(interval, margin), interval, adjustedP: adjusted[index] };
  });
  return decisions;
}

/**
 * Computes the interval of a claim that Holm's procedure does not settle, at the level 1 − α/m. The
 * intervals of a whole family contain all true differences with a probability of at least 95 %.
 *
 * @returns null for fewer than two differences
 */
export function familyInterval(differences: readonly number[], size: number): Interval | null {
  return tInterval(differences, 1 - SIGNIFICANCE / size);
}

function pOf(differences: readonly number[]): number {
  const { p } = pairedDifference(differences, differences.map(() => 0));
  if (p === null) throw new RangeError(`a test needs two differences, not ${differences.length}`);
  return p;
}

function kindOf([low, high]: Interval, margin: number | null): Decision["kind"] {
  if (low > 0) return "holds";
  if (high < 0) return "opposite";
  return margin !== null && low > -margin && high < margin ? "no difference" : "not settled";
}
