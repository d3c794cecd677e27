import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { wilsonInterval } from "../../../lib/analysis/statistics/interval.ts";

Deno.test("wilsonInterval() gives the values that Newcombe (1998) prints in table I, method 3", () => {
  const table = [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0.0000, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ];
  for (const [successes, n, low, high] of table) {
    const interval = wilsonInterval(successes, n)!;
    assertAlmostEquals(interval[0], low, 5e-5);
    assertAlmostEquals(interval[1], high, 5e-5);
  }
});

Deno.test("wilsonInterval() gives the values of scipy's binomtest at other levels", () => {
  const [low, high] = wilsonInterval(81, 263, 0.99)!;
  assertAlmostEquals(low, 0.24013690268760768, 1e-9);
  assertAlmostEquals(high, 0.3852825023182298, 1e-9);
});

Deno.test("wilsonInterval() lies in 0…1, contains the share, and mirrors the interval of the failures", () => {
  for (const n of [1, 2, 3, 10, 97, 10_000]) {
    for (const share of [0, 0.01, 0.3, 0.5, 0.9, 1]) {
      const successes = Math.round(share * n);
      const [low, high] = wilsonInterval(successes, n)!;
      assert(0 <= low && low <= successes / n && successes / n <= high && high <= 1);
      assert(low < high);
      const [turnedLow, turnedHigh] = wilsonInterval(n - successes, n)!;
      assertAlmostEquals(turnedLow, 1 - high, 1e-12);
      assertAlmostEquals(turnedHigh, 1 - low, 1e-12);
    }
  }
});

Deno.test("wilsonInterval() of no image is null", () => {
  assertEquals(wilsonInterval(0, 0), null);
});

Deno.test("wilsonInterval() refuses impossible counts", () => {
  for (const [successes, n] of [[3, 2], [-1, 2], [0.5, 1], [1, 1.5], [NaN, 1], [0, -1]]) {
    assertThrows(() => wilsonInterval(successes, n), RangeError, `not ${successes} of ${n}`);
  }
  assertThrows(() => wilsonInterval(1, 2, 95), RangeError, "not 95");
});
