import { checkLevel, CONFIDENCE_LEVEL, type Interval, mean } from "./interval.ts";

/** Options of {@linkcode bootstrapInterval}. */
export interface BootstrapOptions {
  /** The statistic of the interval; default: the mean. It must not keep its argument. */
  readonly statistic?: (values: readonly number[]) => number;
  /** The number of samples to draw; default: 2000. */
  readonly resamples?: number;
  /** The approximate share of such intervals that contain the true value, between 0 and 1. */
  readonly level?: number;
  /** Numbers in [0, 1); n are drawn for each resample. */
  readonly random: () => number;
}

/**
 * Computes a percentile bootstrap interval (Efron and Tibshirani 1993, chapter 13). It draws
 * samples from the values with replacement; the interval contains the share `level` of their
 * statistics.
 *
 * It assumes no distribution, but for a handful of values it is too narrow. For the mean of a few
 * seeds use Student's interval.
 *
 * @returns the interval, in the units of the statistic; null for fewer than two values
 * @throws RangeError if the level or the number of resamples is out of range
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
  // One array for all resamples, so that a million draws allocate nothing.
  const sample = Array.from(values);
  const found = new Float64Array(resamples);
  for (let i = 0; i < resamples; i++) {
    for (let k = 0; k < n; k++) sample[k] = values[Math.floor(random() * n)];
    found[i] = statistic(sample);
  }
  found.sort();
  return [quantile(found, (1 - level) / 2), quantile(found, (1 + level) / 2)];
}

/** Interpolates a quantile of ascending values linearly, as in R (type 7) and numpy. */
function quantile(sorted: Float64Array, probability: number): number {
  const position = probability * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}
