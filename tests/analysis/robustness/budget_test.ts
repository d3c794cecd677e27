import { assertEquals } from "@std/assert";
import { epsilonText, radiusOf } from "../../../lib/analysis/robustness/budget.ts";

Deno.test("radiusOf() takes ε in units of 1/255 for L∞, and in pixels for L2", () => {
  assertEquals(radiusOf({ norm: "linf", epsilon: 8 }), 8 / 255);
  assertEquals(radiusOf({ norm: "l2", epsilon: 0.5 }), 0.5);
});

Deno.test("epsilonText() writes ε as the literature does", () => {
  assertEquals(epsilonText({ norm: "linf", epsilon: 8 }), "8/255");
  assertEquals(epsilonText({ norm: "l2", epsilon: 0.5 }), "0.5");
});
