import type { Interval } from "../analysis/statistics/interval.ts";

/**
 * Formats an interval. An end has more digits where rounding would move it to the other side of a
 * limit or onto it: the interval would seem to say something else.
 */
export function formatInterval(
  interval: Interval,
  digits: number,
  limits: readonly number[],
): string {
  const sides = (value: number) => limits.map((limit) => Math.sign(value - limit)).join();
  const endText = (end: number, more = 0): string => {
    const text = end.toFixed(digits + more);
    return more === 6 || sides(Number(text)) === sides(end) ? text : endText(end, more + 1);
  };
  return `[${interval.map((end) => endText(end)).join(", ")}]`;
}
