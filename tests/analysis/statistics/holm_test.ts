import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import seedrandom from "seedrandom";
import { holm } from "../../../lib/analysis/statistics/paired_comparisons.ts";

Deno.test('holm() gives the values of R\'s p.adjust(…, "holm"), in the order given', () => {
  const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
  [0.03, 0.06, 0.06, 0.02].forEach((expected, i) =>
    assertAlmostEquals(adjusted[i], expected, 1e-15)
  );
});

Deno.test("holm() leaves one p-value as it is, and none as none", () => {
  assertEquals(holm([0.03]), [0.03]);
  assertEquals(holm([]), []);
});

Deno.test("holm() gives equal p-values the same adjusted one, and stops at 1", () => {
  assertEquals(holm([0.02, 0.02, 0.02]), [0.06, 0.06, 0.06]);
  assertEquals(holm([0.9, 0.5, 0]), [1, 1, 0]);
});

Deno.test("holm() lies between a p-value and Bonferroni's, and keeps their order", () => {
  const random = seedrandom("holm");
  for (let m = 1; m <= 30; m++) {
    const pValues = Array.from({ length: m }, () => random() ** 3);
    const adjusted = holm(pValues);
    for (let i = 0; i < m; i++) {
      assert(pValues[i] <= adjusted[i] && adjusted[i] <= Math.min(1, m * pValues[i]));
      for (let k = 0; k < m; k++) assert(pValues[i] > pValues[k] || adjusted[i] <= adjusted[k]);
    }
  }
});

Deno.test("holm() refuses what is no p-value", () => {
  for (const p of [-0.1, 1.1, NaN]) {
    assertThrows(() => holm([0.5, p]), RangeError, `not ${p}`);
  }
});
