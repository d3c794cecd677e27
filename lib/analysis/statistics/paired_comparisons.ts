import { holm } from "./holm.ts";
import { type PairedDifference, pairedDifference } from "./paired_difference.ts";

/** A method against the reference, as one of several. */
export interface PairedComparison extends PairedDifference {
  /** `p`, adjusted for all the methods compared (Holm 1979); `null` for fewer than two pairs. */
  readonly adjustedP: number | null;
}

/**
 * How far each of several methods is above a reference, over runs that share their seed.
 *
 * With six methods and a bound of 0.05 on each p alone, one in four such tables would call a method
 * better or worse that is not; so each p is adjusted for all of them. The intervals are not.
 *
 * @param reference one value a seed
 * @param others by method, one value a seed, in the order of `reference`
 * @returns by method, in the same order
 * @throws RangeError when a method has not as many values as the reference, or some are not finite
 */
export function pairedComparisons(
  reference: readonly number[],
  others: ReadonlyMap<string, readonly number[]>,
): Map<string, PairedComparison> {
  const differences = [...others].map(([method, values]) =>
    [method, pairedDifference(values, reference)] as const
  );
  // All have as many pairs as the reference has values: either each has a p or none has.
  const pValues = differences.flatMap(([, { p }]) => p === null ? [] : [p]);
  const adjusted = holm(pValues);
  return new Map(
    differences.map(([method, difference], index) => [
      method,
      { ...difference, adjustedP: adjusted[index] ?? null },
    ]),
  );
}
