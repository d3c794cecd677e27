import { assert } from "@std/assert";
import seedrandom from "seedrandom";

/** Draws numbers in [−1, 1), always the same for a seed. */
export function uniformNumbers(count: number, seed: string): Float32Array {
  const random = seedrandom(seed);
  return Float32Array.from({ length: count }, () => 2 * random() - 1);
}

/** Checks that all values agree to `tolerance`, relative to the largest expected value. */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what = "values",
): void {
  assert(actual.length === expected.length, `${actual.length} ${what}, not ${expected.length}`);
  let largest = 0;
  for (let i = 0; i < expected.length; i++) largest = Math.max(largest, Math.abs(expected[i]));
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i] - expected[i]) / (largest || 1);
    assert(
      error <= tolerance,
      `${what}: entry ${i} is ${actual[i]}, expected ${expected[i]} (relative error ${error})`,
    );
  }
}
