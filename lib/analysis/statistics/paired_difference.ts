import { mean, sampleStd } from "./mean.ts";
import { studentTQuantile } from "./student_t_quantile.ts";

/** What {@linkcode pairedDifference} finds, in the units of its samples. */
export interface PairedDifference {
  /** Mean of the differences; NaN of no pair. */
  readonly mean: number;
  /** Standard deviation of the differences (n − 1); NaN of fewer than two pairs. */
  readonly std: number;
  readonly n: number;
  /** 95 % Student t interval of the mean difference; `null` for fewer than two pairs. */
  readonly interval: readonly [low: number, high: number] | null;
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
  const centre = mean(differences);
  const std = sampleStd(differences);
  if (n < 2) return { mean: centre, std, n, interval: null };
  const halfWidth = studentTQuantile(0.975, n - 1) * std / Math.sqrt(n);
  return { mean: centre, std, n, interval: [centre - halfWidth, centre + halfWidth] };
}
