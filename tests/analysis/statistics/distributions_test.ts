import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  normalQuantile,
  studentTQuantile,
  studentTTails,
} from "../../../lib/analysis/statistics/distributions.ts";

Deno.test("studentTQuantile() agrees with the printed tables of the t distribution", () => {
  const table = [[1, 12.7062047364], [2, 4.30265272991], [4, 2.77644510520], [30, 2.04227245630]];
  for (const [degreesOfFreedom, expected] of table) {
    assertAlmostEquals(studentTQuantile(0.975, degreesOfFreedom), expected, 1e-7);
    assertAlmostEquals(studentTQuantile(0.025, degreesOfFreedom), -expected, 1e-7);
  }
});

Deno.test("studentTTails() agrees with scipy 1.17, in the middle, far out and for many degrees", () => {
  // 2 * scipy.stats.t.sf(t, degreesOfFreedom)
  const table = [
    [0.5, 1, 0.7048327646991335],
    [2, 4, 0.11611652351681556],
    [4.0621, 9, 0.002833007840390159],
    [50, 9, 2.5689529108747976e-12],
    [1e6, 30, 2.0729069296087578e-159],
    [2, 9999, 0.0455272633615101],
    [2, 999_999, 0.045500533851589184],
  ];
  for (const [t, degreesOfFreedom, expected] of table) {
    for (const side of [t, -t]) {
      const relative = studentTTails(side, degreesOfFreedom) / expected;
      assertAlmostEquals(relative, 1, 1e-6, `t = ${side}, ${degreesOfFreedom} degrees of freedom`);
    }
  }
});

Deno.test("studentTTails() is 1 at 0 and 0 at infinity", () => {
  assertEquals(studentTTails(0, 3), 1);
  assertEquals(studentTTails(Infinity, 3), 0);
  assertEquals(studentTTails(-Infinity, 3), 0);
});

Deno.test("studentTTails() and studentTQuantile() undo each other", () => {
  for (const degreesOfFreedom of [1, 2, 5, 49]) {
    for (const p of [0.9, 0.2, 0.05, 1e-3]) {
      const t = studentTQuantile(1 - p / 2, degreesOfFreedom);
      assertAlmostEquals(studentTTails(t, degreesOfFreedom) / p, 1, 1e-6);
    }
  }
});

Deno.test("normalQuantile() agrees with the printed tables, and is where Student's t ends", () => {
  assertAlmostEquals(normalQuantile(0.975), 1.959963984540054, 1e-10);
  assertAlmostEquals(normalQuantile(0.995), 2.5758293035489004, 1e-10);
  assertAlmostEquals(normalQuantile(0.05), -1.6448536269514722, 1e-10);
  assert(Math.abs(normalQuantile(0.5)) < 1e-10);
  assertAlmostEquals(normalQuantile(0.975), studentTQuantile(0.975, 1e6), 1e-5);
});
