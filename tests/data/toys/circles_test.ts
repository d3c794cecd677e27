import { assertEquals, assertThrows } from "@std/assert";
import { circles } from "../../../lib/data/toys.ts";
import { UserError } from "../../../lib/user_error.ts";
import { assertClose } from "../../numbers.ts";
import { randomNumbers } from "./random_numbers.ts";

Deno.test("circles without noise equal those of scikit-learn, scaled", () => {
  const { points, labels } = circles.make(8, randomNumbers(), { noise: 0, factor: 0.25 });
  // make_circles(8, shuffle=False, factor=0.25)
  const outer = [1, 0, 0, 1, -1, 0, 0, -1];
  const expected = [...outer, ...outer.map((value) => 0.25 * value)].map((value) => 1.6 * value);
  assertClose(points, expected, 1e-6, "coordinates");
  assertEquals([...labels], [0, 0, 0, 0, 1, 1, 1, 1]);
});

Deno.test("circles refuse an inner circle as large as the outer one", () => {
  assertThrows(
    () => circles.make(8, randomNumbers(), { factor: 1 }),
    UserError,
    'option "factor" is 1, but must be a number at least 0 and at most 0.99',
  );
});
