import { assertEquals, assertThrows } from "@std/assert";
import { parseTime } from "../../lib/commands/command_line.ts";
import { UserError } from "../../lib/user_error.ts";

Deno.test("parseTime() reads hours, minutes and seconds", () => {
  assertEquals(
    ["150m", "2h30m", "90s", "1.5h", "1h1m1s"].map((text) => parseTime("until", text)),
    [9000, 9000, 90, 5400, 3661],
  );
});

Deno.test("parseTime() refuses anything but a time", () => {
  for (const text of ["", "10", "0m", "m", "10m ", "-5m", "5x"]) {
    assertThrows(() => parseTime("until", text), UserError, "--until");
  }
});

Deno.test("parseTime() refuses more than a timer counts, since such a timer fires at once", () => {
  assertEquals(parseTime("until", "596h"), 596 * 3600);
  for (const text of ["600h", "596h1s", "9999999999h"]) {
    assertThrows(() => parseTime("until", text), UserError, "but must be at most 596h");
  }
});
