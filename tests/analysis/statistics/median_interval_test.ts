import { assertEquals } from "@std/assert";
import { median, medianInterval } from "../../../lib/analysis/statistics/median_interval.ts";

const numbers = (n: number) => Array.from({ length: n }, (_, i) => n - i);

Deno.test("median() is the middle value, or the mean of the two in the middle", () => {
  assertEquals(median([3, 1, 2]), 2);
  assertEquals(median([4, 1, 3, 2]), 2.5);
  assertEquals(median([1, Infinity, Infinity]), Infinity);
  assertEquals(median([]), NaN);
});

Deno.test("medianInterval() takes the values of the ranks n/2 − 1.96 √n/2 and 1 + n/2 + 1.96 √n/2", () => {
  assertEquals(medianInterval(numbers(10)), [2, 9]);
  assertEquals(medianInterval(numbers(20)), [6, 15]);
  assertEquals(medianInterval(numbers(100)), [40, 61]);
});

Deno.test("medianInterval() is null for few values, and takes infinite ones", () => {
  assertEquals(medianInterval([]), null);
  assertEquals(medianInterval(numbers(5)), null);
  assertEquals(medianInterval([1, 2, 3, 4, 5, Infinity]), [1, Infinity]);
});
