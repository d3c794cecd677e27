import { assertEquals } from "@std/assert";
import { median } from "../../lib/analysis/statistics/median_interval.ts";
import { medianRangeOf, repeat } from "../../lib/bench/repeat.ts";

Deno.test("repeat() keeps the results after the warm-up, and prepares each repeat", async () => {
  const log: string[] = [];
  let count = 0;
  const results = await repeat(
    () => {
      log.push("work");
      return Promise.resolve(++count);
    },
    { warmUp: 2, timed: 3 },
    () => log.push("before"),
  );
  assertEquals(results, [3, 4, 5]);
  assertEquals(log, Array.from({ length: 5 }, () => ["before", "work"]).flat());
});

Deno.test("median() takes odd and even numbers of values, and none", () => {
  assertEquals(median([3, 1, 2]), 2);
  assertEquals(median([4, 1, 3, 2]), 2.5);
  assertEquals(median([]), NaN);
});

Deno.test("medianRangeOf() returns median, smallest and largest value", () => {
  assertEquals(medianRangeOf([5, 1, 3]), { median: 3, min: 1, max: 5 });
});
