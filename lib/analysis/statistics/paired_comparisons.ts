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

/**
 * P-values adjusted for there being several (Holm 1979): calling those below α significant is then wrong
 * about any of them with probability at most α, however they depend on each other.
 *
 * The k-th smallest of m is multiplied by `m − k + 1`, and none may end below a smaller one.
 *
 * @param pValues each in 0…1
 * @returns one a p-value, in the same order
 * @throws RangeError for a p-value out of range or NaN
 */
export function holm(pValues: readonly number[]): number[] {
  const wrong = pValues.find((p) => !(p >= 0 && p <= 1));
  if (wrong !== undefined) throw new RangeError(`a p-value is in 0…1, not ${wrong}`);
  const ascending = [...pValues.keys()].sort((a, b) => pValues[a] - pValues[b]);
  const adjusted = new Array<number>(pValues.length);
  let largest = 0;
  ascending.forEach((index, rank) => {
    largest = Math.max(largest, Math.min(1, pValues[index] * (pValues.length - rank)));
    adjusted[index] = largest;
  });
  return adjusted;
}
