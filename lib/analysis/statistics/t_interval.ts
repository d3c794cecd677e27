import { studentTQuantile } from "./distributions.ts";
import { checkLevel, CONFIDENCE_LEVEL, type Interval } from "./interval.ts";
import { mean, sampleStd } from "./mean.ts";

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
