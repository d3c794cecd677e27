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
