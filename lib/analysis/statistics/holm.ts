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
