import { normalQuantile, studentTQuantile } from "./distributions.ts";

/** A confidence interval, in the units of the measurement. */
export type Interval = readonly [low: number, high: number];

/** The default share of intervals that contain the true value. */
export const CONFIDENCE_LEVEL = 0.95;

/** @throws RangeError if the level is not between 0 and 1 */
export function checkLevel(level: number): void {
  if (!(level > 0 && level < 1)) {
    throw new RangeError(`a confidence level is between 0 and 1, not ${level}`);
  }
}

/** Computes the arithmetic mean; NaN for no values. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Computes the standard deviation of a sample, divided by n − 1; NaN for fewer than two values. */
export function sampleStd(values: readonly number[]): number {
  if (values.length < 2) return NaN;
  const centre = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

/** Mean and standard deviation, in the units of the values. */
export interface MeanStd {
  readonly mean: number;
  /** null for one value */
  readonly std: number | null;
}

/** Computes the mean and the standard deviation of a sample; null for no values. */
export function meanStdOf(values: readonly number[]): MeanStd | null {
  if (values.length === 0) return null;
  return { mean: mean(values), std: values.length > 1 ? sampleStd(values) : null };
}

/**
 * Computes Student's interval of a mean: `x̄ ± t s/√n`. It assumes normally distributed values, or
 * many.
 *
 * @param level the share of such intervals that contain the true mean, between 0 and 1
 * @returns the interval, in the units of the values; null for fewer than two
 * @throws RangeError if the level is out of range
 */
export function tInterval(values: readonly number[], level = CONFIDENCE_LEVEL): Interval | null {
  checkLevel(level);
  const n = values.length;
  if (n < 2) return null;
  const centre = mean(values);
  const halfWidth = studentTQuantile((1 + level) / 2, n - 1) * sampleStd(values) / Math.sqrt(n);
  return [centre - halfWidth, centre + halfWidth];
}

/**
 * Computes Wilson's interval of a share, such as the accuracy on n images (Wilson 1927; Newcombe
 * 1998, method 3).
 *
 * Unlike `p ± z √(p(1 − p)/n)`, it stays within 0…1 and has a width even if all or none succeeded.
 * It covers only the choice of images, not the difference between seeds.
 *
 * @param successes a whole number, 0 … n
 * @param n a whole number
 * @param level the share of such intervals that contain the true share, between 0 and 1
 * @returns the interval, in 0…1; null for n = 0
 * @throws RangeError if a count or the level is out of range
 */
export function wilsonInterval(
  successes: number,
  n: number,
  level = CONFIDENCE_LEVEL,
): Interval | null {
  checkLevel(level);
  if (!Number.isInteger(n) || !Number.isInteger(successes) || successes < 0 || successes > n) {
    throw new RangeError(`a share needs whole numbers 0 … n of n, not ${successes} of ${n}`);
  }
  if (n === 0) return null;
  const z = normalQuantile((1 + level) / 2);
  const share = successes / n;
  const centre = (share + z * z / (2 * n)) / (1 + z * z / n);
  const halfWidth = z / (1 + z * z / n) *
    Math.sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  // For none or all, the end is exactly 0 or 1; rounding would miss it.
  return [
    successes === 0 ? 0 : centre - halfWidth,
    successes === n ? 1 : centre + halfWidth,
  ];
}
