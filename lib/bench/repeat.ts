/** How often something is done to time it. */
export interface Repeats {
  /** Before the first that counts: caches fill, code is compiled. */
  readonly warmUp: number;
  readonly timed: number;
}

export const REPEATS: Repeats = { warmUp: 2, timed: 7 };

/**
 * Does something again and again.
 *
 * @param work one repeat, with what it measured
 * @param before is called before each repeat, outside of what is timed
 * @returns what the repeats after the warm-up gave
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

/** The middle one; of an even number, the mean of the two in the middle. NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Median, smallest and largest of a number over the rounds. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}
