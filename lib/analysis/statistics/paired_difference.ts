import { studentTTails } from "./distributions.ts";
import { type Interval, mean, sampleStd, tInterval } from "./interval.ts";

/** The result of {@linkcode pairedDifference}, in the units of its samples. */
export interface PairedDifference {
  /** Mean of the differences; NaN for no pair. */
  readonly mean: number;
  /** Standard deviation of the differences (n − 1); NaN for fewer than two pairs. */
  readonly std: number;
  readonly n: number;
  /** 95 % Student t interval of the mean difference; `null` for fewer than two pairs. */
  readonly interval: Interval | null;
  /** Two-sided p-value of the paired t-test, 0…1; `null` for fewer than two pairs. */
  readonly p: number | null;
}

/**
 * Compares two methods over runs that share their seed: the difference `a − b`.
 *
 * With the same seed, two methods start from the same weights and, in each epoch of their last stage,
 * see the same batches. Part of the spread over seeds is common to both, and the difference removes
 * it.
 *
 * @param a one value for each seed
 * @param b one value for each seed, in the order of `a`
 * @throws RangeError if the two differ in length
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
 * Computes the two-sided p-value of the paired t-test.
 *
 * If all differences are the same, t is x/0. The function then takes the limit of small spreads, so
 * that p is below 0.05 exactly if the interval excludes 0: p = 0 for x ≠ 0, and p = 1 if the two
 * sides are equal. Such a p = 0 says more about the test's assumption of normality than about the
 * methods.
 */
function pairedTTest(centre: number, std: number, n: number): number {
  if (std === 0) return centre === 0 ? 1 : 0;
  return studentTTails(centre / (std / Math.sqrt(n)), n - 1);
}
