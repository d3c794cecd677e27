import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { pairedComparisons } from "../../../lib/analysis/statistics/paired_comparisons.ts";
import { pairedDifference } from "../../../lib/analysis/statistics/paired_difference.ts";

const ORIGINAL = [67.1, 68.4, 66.9, 67.7, 68.0];
const OTHERS = new Map([
  ["hinton", [69.3, 69.8, 68.2, 69.9, 69.1]],
  ["fitnet", [67.3, 68.1, 67.5, 67.2, 68.6]],
  ["bss", [69.0, 70.6, 68.8, 69.5, 70.2]],
]);

Deno.test("pairedComparisons() holds each method against the reference, in the order given", () => {
  const compared = pairedComparisons(ORIGINAL, OTHERS);
  assertEquals([...compared.keys()], ["hinton", "fitnet", "bss"]);
  for (const [method, { adjustedP, ...difference }] of compared) {
    assertEquals(difference, pairedDifference(OTHERS.get(method)!, ORIGINAL));
    assert(adjustedP! >= difference.p!);
  }
});

Deno.test("pairedComparisons() adjusts the smallest of three p-values threefold, the largest not at all", () => {
  const compared = pairedComparisons(ORIGINAL, OTHERS);
  const [hinton, fitnet, bss] = [...compared.values()];
  assert(bss.p! < hinton.p! && hinton.p! < fitnet.p!);
  assertAlmostEquals(bss.adjustedP!, 3 * bss.p!, 1e-15);
  assertAlmostEquals(hinton.adjustedP!, 2 * hinton.p!, 1e-15);
  assertEquals(fitnet.adjustedP, fitnet.p);
});

Deno.test("pairedComparisons() over one seed has differences and no p-value", () => {
  const compared = pairedComparisons([67], new Map([["hinton", [69]], ["bss", [70]]]));
  assertEquals(
    [...compared].map(([method, { mean, p, adjustedP }]) => [method, mean, p, adjustedP]),
    [["hinton", 2, null, null], ["bss", 3, null, null]],
  );
});

Deno.test("pairedComparisons() of no other method is empty", () => {
  assertEquals(pairedComparisons(ORIGINAL, new Map()).size, 0);
});

Deno.test("pairedComparisons() refuses a method that lacks a seed, and a run that has no accuracy", () => {
  const short = new Map([["bss", [69, 70]]]);
  assertThrows(() => pairedComparisons(ORIGINAL, short), RangeError, "not 2 and 5");
  const diverged = new Map([["bss", [69, 70, NaN, 71, 70]]]);
  assertThrows(() => pairedComparisons(ORIGINAL, diverged), RangeError, "not NaN");
});
