import { assertEquals, assertNotEquals } from "@std/assert";
import seedrandom from "seedrandom";
import { miniBatches } from "../../lib/data/mini_batches.ts";

Deno.test("miniBatches() has each index once and keeps the last, smaller batch", () => {
  const batches = miniBatches(10, 4, seedrandom("order"));
  assertEquals(batches.map(({ length }) => length), [4, 4, 2]);
  const all = batches.flatMap((batch) => [...batch]);
  assertNotEquals(all, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assertEquals(all.toSorted((a, b) => a - b), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

Deno.test("miniBatches() makes one batch if the set is no larger than a batch", () => {
  assertEquals(miniBatches(3, 3, seedrandom("order")).map(({ length }) => length), [3]);
  assertEquals(miniBatches(3, 8, seedrandom("order")).map(({ length }) => length), [3]);
});

Deno.test("miniBatches() gives the same batches for the same random numbers", () => {
  assertEquals(miniBatches(100, 7, seedrandom("a")), miniBatches(100, 7, seedrandom("a")));
  assertNotEquals(miniBatches(100, 7, seedrandom("a")), miniBatches(100, 7, seedrandom("b")));
});

Deno.test("miniBatches() draws every order equally often", () => {
  const random = seedrandom("all orders");
  const counts: Record<string, number> = {};
  for (let k = 0; k < 6000; k++) {
    const order = miniBatches(3, 3, random)[0].join("");
    counts[order] = (counts[order] ?? 0) + 1;
  }
  assertEquals(Object.keys(counts).sort(), ["012", "021", "102", "120", "201", "210"]);
  // 1000 ± 5 standard deviations of 29
  assertEquals(Object.values(counts).filter((times) => Math.abs(times - 1000) > 145), []);
});
