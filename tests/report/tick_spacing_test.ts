import { assertEquals } from "@std/assert";
import { tickSpacing } from "../../lib/report/tick_spacing.ts";

Deno.test("tickSpacing() is 1, 2 or 5 times a power of ten, and makes at most so many parts", () => {
  assertEquals(tickSpacing(4, 4), 1);
  assertEquals(tickSpacing(4.1, 4), 2);
  assertEquals(tickSpacing(9, 4), 5);
  assertEquals(tickSpacing(21, 4), 10);
  assertEquals(tickSpacing(0.9, 5), 0.2);
  assertEquals(tickSpacing(0.03, 5), 0.01);
});

Deno.test("tickSpacing() is 1 where all values are equal", () => {
  assertEquals(tickSpacing(0, 5), 1);
});
