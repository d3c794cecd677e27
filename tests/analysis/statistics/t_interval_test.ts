import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { tInterval } from "../../../lib/analysis/statistics/interval.ts";

const ACCURACIES = [86.32, 86.75, 86.11, 86.9, 86.47];

Deno.test("tInterval() gives the values of scipy.stats.t.interval", () => {
  const table: [number, number, number][] = [
    [0.9, 86.20573534616398, 86.81426465383606],
    [0.95, 86.11373601224723, 86.90626398775281],
    [0.99, 85.85288742453515, 87.16711257546488],
  ];
  for (const [level, low, high] of table) {
    const interval = tInterval(ACCURACIES, level)!;
    assertAlmostEquals(interval[0], low, 1e-6);
    assertAlmostEquals(interval[1], high, 1e-6);
  }
});

Deno.test("tInterval() has a default level of 95 %", () => {
  assertEquals(tInterval(ACCURACIES), tInterval(ACCURACIES, 0.95));
});

Deno.test("tInterval() of fewer than two values is null, and of equal ones has no width", () => {
  assertEquals(tInterval([]), null);
  assertEquals(tInterval([86]), null);
  assertEquals(tInterval([86, 86, 86]), [86, 86]);
});

Deno.test("tInterval() is wider at a higher level", () => {
  const widths = [0.5, 0.9, 0.99].map((level) => {
    const [low, high] = tInterval(ACCURACIES, level)!;
    return high - low;
  });
  assert(widths[0] < widths[1] && widths[1] < widths[2]);
});

Deno.test("tInterval() refuses a level outside of 0…1, such as percent", () => {
  for (const level of [0, 1, 95, -0.1, NaN]) {
    assertThrows(() => tInterval(ACCURACIES, level), RangeError, `not ${level}`);
  }
});
