import { studentTTails } from "./distributions.ts";
import { type Interval, mean, sampleStd, tInterval } from "./interval.ts";

/** What {@linkcode pairedDifference} finds, in the units of its samples. */
export interface PairedDifference {
  /** Mean of the differences; NaN of no pair. */
  readonly mean: number;
  /** Standard deviation of the differences (n − 1); NaN of fewer than two pairs. */
  readonly std: number;
  readonly n: number;
  /** 95 % Student t interval of the mean difference; `null` for fewer than two pairs. */
  readonly interval: Interval | null;
  /** Two-sided p-value of the paired t-test, 0…1; `null` for fewer than two pairs. */
  readonly p: number | null;
}

/**
 * How far `a` is above `b` over runs that share their seed.
 *
 * Two methods start from the same weights and see the same batches under one seed, so part of the
 * spread over seeds is common to both and drops out of the difference.
 *
 * @param a one value a seed
 * @param b one value a seed, in the order of `a`
 * @throws RangeError when the two differ in length
 */
export function pairedDifference(a: readonly number[], b: readonly number[]): PairedDifference {
  if (a.length !== b.length) {
    throw new RangeError(
      `pairs need as many values on both sides, not ${a.length} and ${b.length}`,
    );
  }
  const differences = a.map((value, index) => value - b[index]);
  const n = differences.length;
  const [centre, std] = [mean(differences), sampleStd(differences)];
  return {
    mean: centre,
    std,
    n,
    interval: tInterval(differences),
    p: n < 2 ? null : pairedTTest(centre, std, n),
  };
}

/**
 * The two-sided p-value of a mean difference of 0.
 *
 * Differences that are all the same leave t = x/0. The limit of small spreads is taken, so that p is
 * below 0.05 where the interval leaves out 0, as ever: 0 for x ≠ 0, which says more of the test's
 * normal distribution than of the methods, and 1 where the two sides are equal.
 */
function pairedTTest(centre: number, std: number, n: number): number {
  if (std === 0) return centre === 0 ? 1 : 0;
  return studentTTails(centre / (std / Math.sqrt(n)), n - 1);
}
