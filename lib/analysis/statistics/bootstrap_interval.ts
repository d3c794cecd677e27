import { checkLevel, CONFIDENCE_LEVEL, type Interval, mean } from "./interval.ts";

/** What {@linkcode bootstrapInterval} may be told. */
export interface BootstrapOptions {
  /** What the interval is of; the mean, unless told. It must not keep the array that it is given. */
  readonly statistic?: (values: readonly number[]) => number;
  /** How many samples are drawn; 2000, unless told. */
  readonly resamples?: number;
  /** How often such an interval contains the true value, about; between 0 and 1. */
  readonly level?: number;
  /** Numbers in [0, 1); n are drawn for each resample. */
  readonly random: () => number;
}

/**
 * The percentile bootstrap (Efron and Tibshirani 1993, chapter 13): the statistic of samples drawn
 * from the values with replacement, and the quantiles between which the share `level` of them lies.
 *
 * It supposes no distribution, but for a handful of values it is too narrow; a mean of few seeds
 * is better served by Student's interval.
 *
 * @returns it, in the units of the statistic; null for fewer than two values
 * @throws RangeError for a level or a number of resamples out of range
 */
export function bootstrapInterval(
  values: readonly number[],
  { statistic = mean, resamples = 2000, level = CONFIDENCE_LEVEL, random }: BootstrapOptions,
): Interval | null {
  checkLevel(level);
  if (!Number.isInteger(resamples) || resamples < 1) {
    throw new RangeError(`a bootstrap draws a whole number of samples from 1, not ${resamples}`);
  }
  const n = values.length;
  if (n < 2) return null;
  // One array for all resamples: a million draws should cost no more than the draws.
  const sample = Array.from(values);
  const found = new Float64Array(resamples);
  for (let i = 0; i < resamples; i++) {
    for (let k = 0; k < n; k++) sample[k] = values[Math.floor(random() * n)];
    found[i] = statistic(sample);
  }
  found.sort();
  return [quantile(found, (1 - level) / 2), quantile(found, (1 + level) / 2)];
}

/** Of ascending values; between two of them linear, as in R (type 7) and numpy. */
function quantile(sorted: Float64Array, probability: number): number {
  const position = probability * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}
