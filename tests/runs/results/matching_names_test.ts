import { assertEquals, assertThrows } from "@std/assert";
import { matchingNames } from "../../../lib/runs/results/stored_result.ts";
import { UserError } from "../../../lib/user_error.ts";

const NAMES = ["runs/bss-1", "runs/bss-10", "runs/fsp+bss-1", "tables/table1-quick"];

Deno.test("matchingNames() gives all names without a pattern", () => {
  assertEquals(matchingNames(NAMES, []), NAMES);
  assertEquals(matchingNames([], []), []);
});

Deno.test("matchingNames() matches the beginnings of names, and any text for *", () => {
  assertEquals(matchingNames(NAMES, ["runs/"]), NAMES.slice(0, 3));
  assertEquals(matchingNames(NAMES, ["runs/*bss-"]), NAMES.slice(0, 3));
  assertEquals(matchingNames(NAMES, ["runs/fsp+", "tab*quick"]), NAMES.slice(2));
  assertEquals(matchingNames(NAMES, ["*"]), NAMES);
});

Deno.test("matchingNames() gives only the one result for a whole name", () => {
  assertEquals(matchingNames(NAMES, ["runs/bss-1"]), ["runs/bss-1"]);
});

Deno.test("matchingNames() gives each name once, in the order of the names", () => {
  assertEquals(matchingNames(NAMES, ["tables/", "runs/bss-10", "runs/b"]), [
    "runs/bss-1",
    "runs/bss-10",
    "tables/table1-quick",
  ]);
});

Deno.test("matchingNames() suggests similar names for an unknown one", () => {
  assertThrows(
    () => matchingNames(NAMES, ["tables/table1-quck"]),
    UserError,
    'no result\'s name begins with "tables/table1-quck"; similar names are tables/table1-quick',
  );
  assertThrows(() => matchingNames(NAMES, ["runs/", "zz"]), UserError, "names all 4 results");
  assertThrows(() => matchingNames(NAMES, ["."]), UserError, "begins with");
});
