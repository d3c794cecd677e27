import { assertAlmostEquals, assertEquals } from "@std/assert";
import { mean, sampleStd } from "../../../lib/analysis/statistics/interval.ts";

Deno.test("mean() and sampleStd() give the values of Python's statistics module", () => {
  const accuracies = [86.32, 86.75, 86.11, 86.9, 86.47];
  assertAlmostEquals(mean(accuracies), 86.51, 1e-12);
  assertAlmostEquals(sampleStd(accuracies), 0.3191394679446619, 1e-12);
});

Deno.test("mean() of nothing and sampleStd() of one value are NaN, not zero", () => {
  assertEquals(mean([]), NaN);
  assertEquals(sampleStd([]), NaN);
  assertEquals(sampleStd([1]), NaN);
});

Deno.test("sampleStd() of values far from zero keeps its digits", () => {
  assertEquals(sampleStd([1e9 + 1, 1e9 + 2, 1e9 + 3]), 1);
});
