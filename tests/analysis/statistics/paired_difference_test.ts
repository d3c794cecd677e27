import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { pairedDifference } from "../../../lib/analysis/statistics/paired_difference.ts";
import { studentTQuantile } from "../../../lib/analysis/statistics/student_t_quantile.ts";

Deno.test("studentTQuantile() agrees with the printed tables of the t distribution", () => {
  const table = [[1, 12.7062047364], [2, 4.30265272991], [4, 2.77644510520], [30, 2.04227245630]];
  for (const [degreesOfFreedom, expected] of table) {
    assertAlmostEquals(studentTQuantile(0.975, degreesOfFreedom), expected, 1e-7);
    assertAlmostEquals(studentTQuantile(0.025, degreesOfFreedom), -expected, 1e-7);
  }
});

Deno.test("pairedDifference() gives the interval of a paired t test", () => {
  // Student's sleep data (1908), R: t.test(second, first, paired = TRUE)
  const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
  const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
  const { mean, std, n, interval } = pairedDifference(second, first);
  assertEquals(n, 10);
  assertAlmostEquals(mean, 1.58, 1e-12);
  assertAlmostEquals(std, 1.229995, 1e-6);
  assertAlmostEquals(interval![0], 0.7001142, 1e-7);
  assertAlmostEquals(interval![1], 2.4598858, 1e-7);
});

Deno.test("pairedDifference() drops what both sides share", () => {
  const { mean, std } = pairedDifference([11, 25, 3], [10, 24, 2]);
  assertEquals([mean, std], [1, 0]);
});

Deno.test("pairedDifference() of one pair has a mean and no interval", () => {
  assertEquals(pairedDifference([3], [1]), { mean: 2, std: NaN, n: 1, interval: null });
});

Deno.test("pairedDifference() refuses two sides of different length", () => {
  assertThrows(() => pairedDifference([1, 2], [1]), RangeError, "not 2 and 1");
});
