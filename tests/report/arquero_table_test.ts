import { assert, assertEquals, assertThrows } from "@std/assert";
import * as aq from "arquero";
import { displayArquero, showArqueroTables } from "../../lib/report/arquero_table.ts";
import { bundleOf, type Displayable } from "../../lib/report/display.ts";
import { UserError } from "../../lib/user_error.ts";

const TABLE = aq.table({
  epoch: [1, 2, 3],
  test_accuracy: [0.81234, NaN, 0.9],
  stage: ["a", null, "<b>c</b>"],
});

async function linesOf(shown: Displayable): Promise<string[]> {
  return String((await bundleOf(shown))["text/plain"]).split("\n");
}

Deno.test("displayArquero() shows whole numbers as they are and others with four digits", async () => {
  assertEquals(await linesOf(displayArquero(TABLE)), [
    "epoch  test accuracy  stage",
    "─────  ─────────────  ────────",
    "    1         0.8123  a",
    "    2            NaN  –",
    "    3         0.9000  <b>c</b>",
  ]);
});

Deno.test("displayArquero() gives small numbers enough decimals", async () => {
  const lines = await linesOf(displayArquero(aq.table({ loss: [0.000123456, 0.00001] })));
  assertEquals(lines.slice(2), ["0.0001235", "0.0000100"]);
});

Deno.test("displayArquero() shows the chosen columns with unit, scale and digits", async () => {
  const shown = displayArquero(TABLE, {
    title: "Run",
    columns: [{ key: "test_accuracy", title: "acc.", unit: "%", scale: 100, digits: 1 }, "epoch"],
  });
  assertEquals(await linesOf(shown), [
    "Run",
    "acc. (%)  epoch",
    "────────  ─────",
    "    81.2      1",
    "     NaN      2",
    "    90.0      3",
  ]);
});

Deno.test("displayArquero() gives the number of rows if it does not show all", async () => {
  const shown = displayArquero(TABLE, { columns: ["epoch"], maxRows: 2, note: "seed 1" });
  assertEquals((await linesOf(shown)).slice(2), [
    "    1",
    "    2",
    "the first 2 of 3 rows; seed 1",
  ]);
  const all = await linesOf(displayArquero(TABLE, { columns: ["epoch"], maxRows: 3 }));
  assertEquals(all.length, 5);
});

Deno.test("displayArquero() follows filters and orders", async () => {
  const table = TABLE.filter((row: { epoch: number }) => row.epoch > 1).orderby(aq.desc("epoch"));
  const lines = await linesOf(displayArquero(table, { columns: ["epoch"] }));
  assertEquals(lines.slice(2), ["    3", "    2"]);
});

Deno.test("displayArquero() shows the headers of a table without rows", async () => {
  const none = TABLE.filter(() => false);
  assertEquals((await linesOf(displayArquero(none)))[0], "epoch  test accuracy  stage");
});

Deno.test("displayArquero() shows dates, whole numbers of 64 bits, lists and booleans", async () => {
  const table = aq.table({
    day: [new Date(0)],
    id: [2n ** 60n],
    list: [[1, 2]],
    isDone: [true],
  });
  assertEquals((await linesOf(displayArquero(table))).at(-1)!.trim().split(/\s{2,}/), [
    "1970-01-01T00:00:00.000Z",
    "1152921504606846976",
    "1,2",
    "true",
  ]);
});

Deno.test("displayArquero() escapes names and values", async () => {
  const attack = "<script>alert(1)</script>";
  const html = String(
    (await bundleOf(displayArquero(aq.table({ [attack]: [attack] }))))["text/html"],
  );
  assert(!html.includes("<script"));
});

Deno.test("displayArquero() refuses an unknown column", () => {
  assertThrows(
    () => displayArquero(TABLE, { columns: ["epochs"] }),
    UserError,
    'the table has no column "epochs"; it has epoch, test_accuracy, stage',
  );
});

Deno.test("showArqueroTables() makes tables show themselves", async () => {
  class Table extends aq.ColumnTable {}
  showArqueroTables(Table);
  const table = new Table({ epoch: [1] });
  const shown = table as unknown as Displayable;
  assertEquals(await linesOf(shown), ["epoch", "─────", "    1"]);
});
