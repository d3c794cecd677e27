import { assert, assertEquals } from "@std/assert";
import {
  compareBySample,
  compareEntries,
  compareExactly,
  compareRelative,
  compareShares,
} from "../../lib/parity/compare.ts";

Deno.test("compareRelative() passes within the tolerance and fails beyond it", () => {
  assert(compareRelative("x", [1, 2.001], [1, 2], 1e-3).passed);
  assert(!compareRelative("x", [1, 2.01], [1, 2], 1e-3).passed);
});

Deno.test("compareRelative() fails for NaN and for another length", () => {
  assert(!compareRelative("x", [NaN, 1], [0, 1], 1).passed);
  assert(!compareRelative("x", [1], [1, 1], 1).passed);
});

Deno.test("compareExactly() counts the entries that differ", () => {
  assertEquals(compareExactly("x", [1, 2, 3], [1, 5, 4]).error, 2);
  assert(!compareExactly("x", [1, 2], [1, 2, 3]).passed);
});

Deno.test("compareShares() passes within the binomial interval of the reference", () => {
  const half = Array.from({ length: 64 }, (_, i) => i % 2);
  const share = (count: number) => half.map((_, i) => i < count);
  // Wilson's interval of 32 of 64 is 0.381 to 0.619.
  assert(compareShares("x", share(25), half).passed && compareShares("x", share(39), half).passed);
  assert(
    !compareShares("x", share(24), half).passed && !compareShares("x", share(40), half).passed,
  );
});

Deno.test("compareBySample() allows larger errors in a few samples", () => {
  const expected = new Float32Array(20);
  const actual = expected.map((_, i) => i === 7 ? 0.01 : 0);
  const tolerances = { share: 0.9, tight: 1e-3, loose: 2e-2 };
  assert(compareBySample("x", actual, expected, 10, tolerances).every(({ passed }) => passed));
  actual[12] = 0.01;
  const verdicts = compareBySample("x", actual, expected, 10, tolerances);
  assertEquals(verdicts.map(({ passed }) => passed), [false, true]);
});

Deno.test("compareEntries() counts the entries that differ in the samples that agree best", () => {
  const expected = new Float32Array(200);
  const actual = expected.map((_, i) => i >= 150 ? 0.5 : i === 3 ? 1e-3 : 0);
  const tolerances = { samples: 1, entries: 0.02, difference: 1e-4 };
  assertEquals(compareEntries("x", actual, expected, 4, tolerances).error, (1 + 50) / 200);
  const half = compareEntries("x", actual, expected, 4, { ...tolerances, samples: 0.5 });
  assertEquals([half.error, half.passed], [0, true]);
  assertEquals(half.quantity, "x, best 2 of 4 (1 part ways)");
  assert(!compareEntries("x", [NaN], [0], 1, tolerances).passed);
});
