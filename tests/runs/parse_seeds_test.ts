import { assertEquals, assertThrows } from "@std/assert";
import { parseSeeds } from "../../lib/runs/choices.ts";
import { UserError } from "../../lib/user_error.ts";

Deno.test("parseSeeds() takes a number of seeds, or a list of them", () => {
  assertEquals(parseSeeds("3"), [1, 2, 3]);
  assertEquals(parseSeeds("1,2,5"), [1, 2, 5]);
  assertEquals(parseSeeds("7,"), [7]);
  assertEquals(parseSeeds("2,2"), [2]);
});

Deno.test("parseSeeds() takes ranges, also with single seeds", () => {
  assertEquals(parseSeeds("1-3"), [1, 2, 3]);
  assertEquals(parseSeeds("1-3,7"), [1, 2, 3, 7]);
  assertEquals(parseSeeds("2-4, 3, 9-9"), [2, 3, 4, 9]);
});

Deno.test("parseSeeds() refuses anything but positive whole numbers", () => {
  for (
    const text of [
      "0",
      "-1",
      "1.5",
      "x",
      "",
      "1,0",
      ",",
      "99999",
      "3-1",
      "0-2",
      "1-",
      "1-2-3",
      "1-99999",
    ]
  ) {
    assertThrows(() => parseSeeds(text), UserError, "seeds");
  }
  assertThrows(
    () => parseSeeds("1–3"),
    UserError,
    "as in 3, or which, as in 1-3 or 1,2,7 or 1-3,7",
  );
});

Deno.test("parseSeeds() refuses a seed that no table can hold", () => {
  assertEquals(parseSeeds("2147483647,"), [2147483647]);
  for (const text of ["3000000000,", "2147483648", "9007199254740993,", "1,9007199254740993"]) {
    const { message } = assertThrows(() => parseSeeds(text), UserError);
    assertEquals(
      message.replace(/".*"/, '""'),
      '--seeds has "", but a seed must be at most 2147483647',
    );
  }
});
