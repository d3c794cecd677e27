import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { pairedDifference } from "../../../lib/analysis/statistics/paired_difference.ts";
import { uniformNumbers } from "../../numbers.ts";

Deno.test("pairedDifference() gives the interval and the p-value of a paired t-test", () => {
  // Student's sleep data (1908), R: t.test(second, first, paired = TRUE)
  const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
  const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
  const { mean, std, n, interval, p } = pairedDifference(second, first);
  assertEquals(n, 10);
  assertAlmostEquals(mean, 1.58, 1e-12);
  assertAlmostEquals(std, 1.229995, 1e-6);
  assertAlmostEquals(interval![0], 0.7001142, 1e-7);
  assertAlmostEquals(interval![1], 2.4598858, 1e-7);
  assertAlmostEquals(p!, 0.00283289, 1e-8);
});

Deno.test("pairedDifference() removes the part common to both sides", () => {
  const { mean, std } = pairedDifference([11, 25, 3], [10, 24, 2]);
  assertEquals([mean, std], [1, 0]);
});

Deno.test("pairedDifference() of one pair has a mean, but neither an interval nor a p-value", () => {
  assertEquals(pairedDifference([3], [1]), { mean: 2, std: NaN, n: 1, interval: null, p: null });
});

Deno.test("pairedDifference() has p = 0 for a constant difference, and p = 1 for two equal sides", () => {
  const apart = pairedDifference([3, 4], [1, 2]);
  assertEquals([apart.interval, apart.p], [[2, 2], 0]);
  const equal = pairedDifference([3, 4], [3, 4]);
  assertEquals([equal.interval, equal.p], [[0, 0], 1]);
});

Deno.test("pairedDifference() has p below 0.05 exactly if its interval excludes 0", () => {
  const [a, b] = [uniformNumbers(400, "a"), uniformNumbers(400, "b")];
  let significant = 0;
  for (let from = 0; from < 400; from += 4) {
    const four = (values: Float32Array, shift = 0) =>
      [...values.subarray(from, from + 4)].map((value) => value + shift);
    const { interval, p } = pairedDifference(four(a, 1), four(b));
    assertEquals(p! < 0.05, interval![0] > 0 || interval![1] < 0);
    if (p! < 0.05) significant++;
  }
  assert(significant > 10 && significant < 90, `${significant} of 100 on one side`);
});

Deno.test("pairedDifference() of exchanged sides has the opposite signs and the same p", () => {
  const [forth, back] = [
    pairedDifference([3, 5, 9], [1, 2, 3]),
    pairedDifference([1, 2, 3], [3, 5, 9]),
  ];
  assertEquals([back.mean, back.std, back.p], [-forth.mean, forth.std, forth.p]);
  assertEquals(back.interval, [-forth.interval![1], -forth.interval![0]]);
});

Deno.test("pairedDifference() refuses two sides of different length", () => {
  assertThrows(() => pairedDifference([1, 2], [1]), RangeError, "not 2 and 1");
});
