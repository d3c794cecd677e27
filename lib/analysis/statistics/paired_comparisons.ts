import { type PairedDifference, pairedDifference } from "./paired_difference.ts";

/** The difference of one of several methods from the reference. */
export interface PairedComparison extends PairedDifference {
  /** `p`, adjusted for the number of methods (Holm 1979); `null` for fewer than two pairs. */
  readonly adjustedP: number | null;
}

/**
 * Compares several methods with a reference, over runs that share their seed.
 *
 * With six methods and a bound of 0.05 on each p-value alone, one table in four would wrongly call
 * some method better or worse. So each p-value is adjusted for the number of methods. The intervals
 * are not.
 *
 * @param reference one value for each seed
 * @param others one value for each seed, in the order of `reference`, by method
 * @returns the comparisons by method, in the same order
 * @throws RangeError if a method has not as many values as the reference, or a value is not finite
 */
export function pairedComparisons(
  reference: readonly number[],
  others: ReadonlyMap<string, readonly number[]>,
): Map<string, PairedComparison> {
  for (const [method, values] of [["the reference", reference] as const, ...others]) {
    const wrong = values.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) {
      throw new RangeError(`value ${wrong} of ${method} must be finite, not ${values[wrong]}`);
    }
  }
  const differences = [...others].map(([method, values]) =>
    [method, pairedDifference(values, reference)] as const
  );
  // All methods have the same number of pairs: either each has a p-value or none has.
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
 * Adjusts p-values for their number (Holm 1979). If all adjusted values below α are called
 * significant, the probability of any wrong call is at most α, however the tests depend on each
 * other.
 *
 * The k-th smallest of m is multiplied by `m − k + 1`, and raised to the largest adjusted value
 * before it.
 *
 * @param pValues each in 0…1
 * @returns the adjusted p-values, in the same order
 * @throws RangeError if a p-value is out of range or NaN
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
