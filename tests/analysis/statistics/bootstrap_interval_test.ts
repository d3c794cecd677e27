import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import seedrandom from "seedrandom";
import { bootstrapInterval } from "../../../lib/analysis/statistics/bootstrap_interval.ts";
import { mean, tInterval } from "../../../lib/analysis/statistics/interval.ts";

/** The days that each treated mouse survived (Efron and Tibshirani 1993, table 2.1). */
const MICE = [94, 197, 16, 38, 99, 141, 23];

const random = (seed = "bootstrap") => seedrandom(seed) as () => number;

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[(values.length - 1) / 2];
}

Deno.test("bootstrapInterval() is close to the quantiles over all 7⁷ samples of the mice", () => {
  // numpy.quantile over the means of all 823,543 samples, with equal weights.
  const options = { resamples: 20_000, random: random() };
  const [low, high] = bootstrapInterval(MICE, options)!;
  assertAlmostEquals(low, 43.4286, 1);
  assertAlmostEquals(high, 134.4286, 1);
  const narrower = bootstrapInterval(MICE, { ...options, level: 0.9 })!;
  assertAlmostEquals(narrower[0], 49.4286, 1);
  assertAlmostEquals(narrower[1], 126.7143, 1);
});

Deno.test("bootstrapInterval() takes another statistic, which may sort its argument", () => {
  const statistic = (values: readonly number[]) => (values as number[]).sort((a, b) => a - b)[3];
  const expected: [number, number] = [23, 141]; // over all samples, as above
  assertEquals(bootstrapInterval(MICE, { statistic, random: random() }), expected);
  assertEquals(bootstrapInterval(MICE, { statistic: median, random: random() }), expected);
});

Deno.test("bootstrapInterval() interpolates between two resamples, as R and numpy do", () => {
  // Two values, so that a draw below 0.5 takes the first: means 0, 0.5 and 1.
  const draws = [0.1, 0.2, 0.3, 0.8, 0.9, 0.7];
  const scripted = () => draws.shift()!;
  const [low, high] = bootstrapInterval([0, 1], { resamples: 3, level: 0.5, random: scripted })!;
  assertEquals([low, high], [0.25, 0.75]);
});

Deno.test("bootstrapInterval() of many normal values is about Student's", () => {
  const draw = random("normal");
  const normal = () => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
  const values = Array.from({ length: 1000 }, () => 5 + 2 * normal());
  const [low, high] = bootstrapInterval(values, { random: random() })!;
  const student = tInterval(values)!;
  const width = student[1] - student[0];
  assertAlmostEquals(low, student[0], 0.06 * width);
  assertAlmostEquals(high, student[1], 0.06 * width);
});

Deno.test("bootstrapInterval() is the same for the same seed, and differs for another seed", () => {
  const interval = (seed: string) => bootstrapInterval(MICE, { random: random(seed) });
  assertEquals(interval("1"), interval("1"));
  assert(interval("1")![0] !== interval("2")![0] || interval("1")![1] !== interval("2")![1]);
});

Deno.test("bootstrapInterval() of the mean is the same as with a caller's own mean", () => {
  const own = bootstrapInterval(MICE, { statistic: (values) => mean(values), random: random() });
  assertEquals(bootstrapInterval(MICE, { random: random() }), own);
});

Deno.test("bootstrapInterval() draws n numbers for each resample and does not change the values", () => {
  let drawn = 0;
  const values = Object.freeze([3, 1, 2]);
  bootstrapInterval(values, { resamples: 10, random: () => (drawn++, 0.999999) });
  assertEquals(drawn, 30);
  assertEquals(values, [3, 1, 2]);
});

Deno.test("bootstrapInterval() of fewer than two values is null, and of equal ones has no width", () => {
  assertEquals(bootstrapInterval([], { random: random() }), null);
  assertEquals(bootstrapInterval([86], { random: random() }), null);
  assertEquals(bootstrapInterval([86, 86, 86], { random: random() }), [86, 86]);
});

Deno.test("bootstrapInterval() refuses a bad number of resamples, and a level outside of 0…1", () => {
  for (const resamples of [0, -1, 2.5, NaN]) {
    const draw = () => bootstrapInterval(MICE, { resamples, random: random() });
    assertThrows(draw, RangeError, `not ${resamples}`);
  }
  const draw = () => bootstrapInterval(MICE, { level: 95, random: random() });
  assertThrows(draw, RangeError, "not 95");
});
