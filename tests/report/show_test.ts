import { assertEquals, assertRejects } from "@std/assert";
import { printedBy } from "./made_up_kernel.ts";
import { displayTable } from "../../lib/report/display_table.ts";
import { type Displayable, show } from "../../lib/report/display.ts";
import { UserError } from "../../lib/user_error.ts";

Deno.test("show() prints text outside a notebook", async () => {
  const table = displayTable({ columns: [{ key: "a", title: "a" }], rows: [{ a: 1 }] });
  assertEquals(await printedBy(() => show(table)), ["a\n─\n1"]);
  const text = "a text" as unknown as Displayable;
  await assertRejects(() => show(text), UserError, "show() takes a display");
});
