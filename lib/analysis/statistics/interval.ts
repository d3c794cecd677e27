import { normalQuantile, studentTQuantile } from "./distributions.ts";

/** A confidence interval, in the units of what was measured. */
export type Interval = readonly [low: number, high: number];

/** How often an interval is to contain the true value, unless a caller says otherwise. */
export const CONFIDENCE_LEVEL = 0.95;

/** @throws RangeError unless the level is between 0 and 1 */
export function checkLevel(level: number): void {
  if (!(level > 0 && level < 1)) {
    throw new RangeError(`a confidence level is between 0 and 1, not ${level}`);
  }
}

/** Arithmetic mean; NaN of nothing. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Standard deviation of a sample, with n − 1 in the denominator; NaN of fewer than two values. */
export function sampleStd(values: readonly number[]): number {
  if (values.length < 2) return NaN;
  const centre = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

/**
 * Student's interval of a mean: `x̄ ± t s/√n`. It supposes values of a normal distribution, or many.
 *
 * @param level how often such an interval contains the true mean, between 0 and 1
 * @returns it, in the units of the values; null for fewer than two
 * @throws RangeError for a level out of range
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
 * Wilson's interval of a share (Wilson 1927; Newcombe 1998, method 3), such as the accuracy on n images.
 *
 * Unlike `p ± z √(p(1 − p)/n)` it stays within 0…1 and has a width where all or none succeeded. It
 * covers the choice of images only: what another seed would change is not in it.
 *
 * @param successes a whole number, 0 … n
 * @param n a whole number
 * @param level how often such an interval contains the true share, between 0 and 1
 * @returns it, in 0…1; null for n = 0
 * @throws RangeError for a count or a level out of range
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
  // At none and at all, where the end is 0 or 1 exactly, rounding would put it beside.
  return [
    successes === 0 ? 0 : centre - halfWidth,
    successes === n ? 1 : centre + halfWidth,
  ];
}
