import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  ballCheck,
  finiteCheck,
  pixelBoxCheck,
} from "../../../lib/analysis/robustness/sample_checks.ts";

Deno.test("finiteCheck() finds NaN and infinity, and names the values", () => {
  assertEquals(finiteCheck([1, NaN], "samples"), "gives samples that are not finite (NaN)");
  assertEquals(finiteCheck([-Infinity], "logits"), "gives logits that are not finite (-Infinity)");
});

Deno.test("finiteCheck() finds nothing in finite numbers, or in none", () => {
  assertEquals(finiteCheck([0, -1e38, 1e-45], "samples"), null);
  assertEquals(finiteCheck([], "samples"), null);
});

Deno.test("pixelBoxCheck() finds a pixel below 0 or above 1", () => {
  assertEquals(pixelBoxCheck([0.5, 1.00001]), "gives a pixel of 1.00001, outside of 0…1");
  assertEquals(pixelBoxCheck([-0.25, 0.5]), "gives a pixel of -0.25, outside of 0…1");
});

Deno.test("pixelBoxCheck() allows 0, 1, and rounding beyond them", () => {
  assertEquals(pixelBoxCheck([0, 1, 1 + 1e-7, -1e-7]), null);
});

Deno.test("ballCheck() takes the largest change of a pixel for L∞, and the norm of all changes for L2", () => {
  const [images, samples] = [[0, 0, 0.5, 0.5], [0, 0, 0.8, 0.9]];
  const check = (norm: "linf" | "l2", radius: number) =>
    ballCheck(samples, images, 2, { norm, radius });
  assertEquals(
    check("linf", 0.3),
    "moves an image by 0.40000000 in L∞, farther than 0.30000000",
  );
  assertStringIncludes(check("l2", 0.4)!, "by 0.50000000 in L2, farther than 0.40000000");
  assertEquals(check("linf", 0.4), null);
  assertEquals(check("l2", 0.5), null);
});

Deno.test("ballCheck() allows the rounding of float32, but not ten times as much", () => {
  const ball = { norm: "linf", radius: 0.25 } as const;
  assertEquals(ballCheck([0.2500009], [0], 1, ball), null);
  assertStringIncludes(ballCheck([0.25001], [0], 1, ball)!, "0.25001000");
  assertEquals(ballCheck([], [], 0, ball), null);
  // A norm is a sum over all pixels, which rounds in proportion to the norm.
  assertEquals(ballCheck([2.000015], [0], 1, { norm: "l2", radius: 2 }), null);
  assertStringIncludes(ballCheck([2.0001], [0], 1, { norm: "l2", radius: 2 })!, "2.0001000");
});
