import { assert, assertThrows } from "@std/assert";
import { named } from "../lib/named.ts";
import { UserError } from "../lib/user_error.ts";

const fruits = [{ name: "apple", plural: "apples" }, { name: "plum", plural: "plums" }];

Deno.test("named() finds a value by its name, in any property", () => {
  assert(named("fruit", fruits, "plum") === fruits[1]);
  assert(named("fruit", fruits, "plums", "plural") === fruits[1]);
});

Deno.test("named() refuses a name that two values have", () => {
  assertThrows(
    () => named("fruit", [...fruits, { name: "plum", plural: "damsons" }], "plum"),
    UserError,
    '2 are named "plum"; rename one fruit',
  );
});

Deno.test("named() lists the valid names for an unknown one", () => {
  for (const name of ["plums", "Plum", "", "constructor"]) {
    assertThrows(
      () => named("fruit", fruits, name),
      UserError,
      `there is no fruit "${name}"; choose from apple, plum`,
    );
  }
});
