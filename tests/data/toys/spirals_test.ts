import { assertEquals, assertThrows } from "@std/assert";
import { spirals } from "../../../lib/data/toys.ts";
import { UserError } from "../../../lib/user_error.ts";
import { assertClose } from "../../numbers.ts";
import { randomNumbers } from "./random_numbers.ts";

Deno.test("an arm of the spirals grows in proportion to its angle", () => {
  const { points } = spirals.make(8, randomNumbers(), { noise: 0, arms: 2, turns: 1 });
  const quarter = 1.8 / 4;
  const first = [0, quarter, -2 * quarter, 0, 0, -3 * quarter, 4 * quarter, 0];
  assertClose(points, [...first, ...first.map((value) => -value)], 1e-6, "coordinates");
});

Deno.test("spirals have an arm for each class, evenly around the centre", () => {
  const arms = 5;
  const { points, labels, classes } = spirals.make(40, randomNumbers(), { noise: 0, arms });
  assertEquals([classes, new Set(labels).size], [arms, arms]);
  const [cos, sin] = [Math.cos(2 * Math.PI / arms), Math.sin(2 * Math.PI / arms)];
  const turned = Array.from({ length: 32 }, (_, i) => [points[2 * i], points[2 * i + 1]])
    .flatMap(([x, y]) => [cos * x - sin * y, sin * x + cos * y]);
  assertClose(points.subarray(16), turned, 1e-5, "coordinates");
});

Deno.test("spirals refuse fewer than two arms", () => {
  const make = () => spirals.make(8, randomNumbers(), { arms: 1 });
  assertThrows(make, UserError, '"arms" is 1, but must be a whole number from 2 to 10');
});
