import { normalQuantile } from "./distributions.ts";
import { CONFIDENCE_LEVEL, type Interval } from "./interval.ts";

/** Computes the median; NaN for no values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return Number.isInteger(middle)
    ? (sorted[middle - 1] + sorted[middle]) / 2
    : sorted[Math.floor(middle)];
}

/**
 * Computes an interval of the median from two of the values themselves: those of the ranks
 * `n/2 − z √n/2` and `1 + n/2 + z √n/2`, rounded (Campbell and Gardner 1988). It assumes no
 * distribution, and values may be infinite. About 95 % of such intervals contain the true median.
 *
 * @returns the interval, in the units of the values; null for too few values
 */
export function medianInterval(values: readonly number[]): Interval | null {
  const sorted = values.toSorted((a, b) => a - b);
  const n = sorted.length;
  const reach = normalQuantile((1 + CONFIDENCE_LEVEL) / 2) * Math.sqrt(n) / 2;
  const [low, high] = [Math.round(n / 2 - reach), Math.round(1 + n / 2 + reach)];
  return low < 1 ? null : [sorted[low - 1], sorted[high - 1]];
}
