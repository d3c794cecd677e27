import { assertEquals } from "@std/assert";
import { printedBy } from "./made_up_kernel.ts";
import { displayTable } from "../../lib/report/display_table.ts";
import { show } from "../../lib/report/display.ts";

Deno.test("show() prints text outside a notebook", async () => {
  const table = displayTable({ columns: [{ key: "a", title: "a" }], rows: [{ a: 1 }] });
  assertEquals(await printedBy(() => show(table)), ["a\n─\n1"]);
});
