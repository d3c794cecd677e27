import { assert } from "@std/assert";
import { standardNormal } from "../../lib/nn/initialise.ts";
import seedrandom from "seedrandom";

Deno.test("standardNormal() has the moments of N(0, 1)", () => {
  const random = seedrandom("moments") as () => number;
  const values = Array.from({ length: 100_000 }, () => standardNormal(random));
  for (const [power, expected] of [[1, 0], [2, 1], [3, 0], [4, 3]]) {
    const moment = values.reduce((sum, value) => sum + value ** power, 0) / values.length;
    assert(Math.abs(moment - expected) < 0.1, `moment ${power} is ${moment}`);
  }
});

Deno.test("standardNormal() is finite for every number in [0, 1)", () => {
  for (const number of [0, 2 ** -53, 0.5, 1 - 2 ** -53]) {
    assert(Number.isFinite(standardNormal(() => number)));
  }
});
