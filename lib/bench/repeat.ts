import { median } from "../analysis/statistics/median_interval.ts";

/** The number of repeats of a measurement. */
export interface Repeats {
  /** Repeats that do not count, while caches fill and code is compiled. */
  readonly warmUp: number;
  readonly timed: number;
}

export const REPEATS: Repeats = { warmUp: 2, timed: 7 };

/**
 * Repeats a measurement.
 *
 * @param work measures once and returns the result
 * @param before is called before each repeat and is not timed
 * @returns the results after the warm-up
 */
export async function repeat<T>(
  work: () => Promise<T>,
  { warmUp, timed }: Repeats,
  before: () => void = () => {},
): Promise<T[]> {
  const results: T[] = [];
  for (let i = 0; i < warmUp + timed; i++) {
    before();
    const result = await work();
    if (i >= warmUp) results.push(result);
  }
  return results;
}

/** Median, smallest and largest of a number over the rounds. */
export interface MedianRange {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function medianRangeOf(values: readonly number[]): MedianRange {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/** Writes a median with its range: "156 (155 … 158)". */
export function rangeText({ median, min, max }: MedianRange, digits: number): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)} … ${max.toFixed(digits)})`;
}
