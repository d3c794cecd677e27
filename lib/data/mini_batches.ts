/**
 * Cuts the indices 0 … count − 1, in random order, into mini-batches. Keeps a smaller last batch.
 *
 * @param random numbers in [0, 1)
 */
export function miniBatches(
  count: number,
  batchSize: number,
  random: () => number,
): Int32Array[] {
  const order = Int32Array.from({ length: count }, (_, index) => index);
  shuffle(order, random);
  return Array.from(
    { length: Math.ceil(count / batchSize) },
    (_, batch) => order.subarray(batch * batchSize, (batch + 1) * batchSize),
  );
}

/** Shuffles in place (Fisher and Yates). */
export function shuffle(order: Int32Array, random: () => number): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
}
