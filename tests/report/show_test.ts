import { assertEquals } from "@std/assert";
import { displayTable } from "../../lib/report/display_table.ts";
import { show } from "../../lib/report/show.ts";

Deno.test("show() prints text where there is no notebook", async () => {
  const printed: unknown[] = [];
  const log = console.log;
  console.log = (text: unknown) => printed.push(text);
  try {
    await show(displayTable({ columns: [{ key: "a", title: "a" }], rows: [{ a: 1 }] }));
  } finally {
    console.log = log;
  }
  assertEquals(printed.length, 1);
  assertEquals(String(printed[0]).startsWith("a"), true);
});
