import { assertEquals } from "@std/assert";
import { moons } from "../../../lib/data/toys.ts";
import { assertClose } from "../../numbers.ts";
import { randomNumbers } from "./random_numbers.ts";

Deno.test("moons without noise equal those of scikit-learn, centred and scaled", () => {
  const { points, labels } = moons.make(7, randomNumbers(), { noise: 0 });
  // make_moons(7, shuffle=False)
  const upper = [[1, 0], [0, 1], [-1, 0]];
  const lower = [[0, 0.5], [0.5, 0.5 - Math.sqrt(0.75)], [1.5, 0.5 - Math.sqrt(0.75)], [2, 0.5]];
  const expected = [...upper, ...lower].flatMap(([x, y]) => [1.2 * (x - 0.5), 1.2 * (y - 0.25)]);
  assertClose(points, expected, 1e-6, "coordinates");
  assertEquals([...labels], [0, 0, 0, 1, 1, 1, 1]);
});

Deno.test("moons of a single point each have finite coordinates", () => {
  const { points } = moons.make(2, randomNumbers(), { noise: 0 });
  assertClose(points, [0.6, -0.3, -0.6, 0.3], 1e-6, "coordinates");
});
