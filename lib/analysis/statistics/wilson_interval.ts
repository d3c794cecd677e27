import { normalQuantile } from "./distributions.ts";
import { checkLevel, CONFIDENCE_LEVEL, type Interval } from "./interval.ts";

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
