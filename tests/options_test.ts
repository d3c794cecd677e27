import { assertEquals, assertThrows } from "@std/assert";
import { channelBounds, flag, integer, number, oneOf, resolveOptions } from "../lib/options.ts";
import { UserError } from "../lib/user_error.ts";

const rules = {
  eta: number(0.3, { above: 0 }),
  steps: integer(10, { min: 1, max: 20 }),
  mode: oneOf("a", ["a", "b"]),
  compact: flag(true),
};

Deno.test("resolveOptions() fills in defaults and keeps given options", () => {
  assertEquals(resolveOptions("x", rules), { eta: 0.3, steps: 10, mode: "a", compact: true });
  assertEquals(resolveOptions("x", rules, { compact: false, mode: "b" }).compact, false);
});

Deno.test("resolveOptions() names the option, its value and the allowed values", () => {
  const cases: [Record<string, unknown>, string][] = [
    [{ etta: 1 }, 'x has no option "etta"; it has eta, steps, mode, compact'],
    [{ eta: -1 }, 'option "eta" is -1, but must be a number greater than 0'],
    [{ eta: NaN }, 'option "eta" is NaN, but must be a number'],
    [{ eta: Infinity }, 'option "eta" is Infinity, but must be a number'],
    [{ steps: 2.5 }, "a whole number from 1 to 20"],
    [{ mode: "c" }, "one of a, b"],
    [{ compact: "yes" }, "true or false"],
  ];
  for (const [given, text] of cases) {
    assertThrows(() => resolveOptions("x", rules, given), UserError, text);
  }
});

Deno.test("channelBounds() takes the same bounds for all channels, or lists with one a channel", () => {
  const rules = { clamp: channelBounds(2.5) };
  const lists = [[-2, -1], [2, 3]];
  for (const clamp of [1, [-1, 2], lists, [[0], [1]]]) {
    assertEquals(resolveOptions("x", rules, { clamp }).clamp as unknown, clamp);
  }
  for (
    const clamp of [0, [2, 1], [[], []], [[0, 0], [1]], [[0, 2], [1, 2]], [[0], 1], [["0"], [1]]]
  ) {
    assertThrows(() => resolveOptions("x", rules, { clamp }), UserError, "one number a channel");
  }
});
