import { assert, assertEquals, assertThrows } from "@std/assert";
import { join } from "node:path";
import { readers } from "./readers.ts";
import { type Columns, decodeArrow, type Row } from "../../../lib/store/arrow_file.ts";
import { encodeCsv, exportFormatNamed, exportFormats } from "../../../lib/store/export.ts";
import { UserError } from "../../../lib/user_error.ts";
import { withTemporaryFolder } from "../../with_temporary_folder.ts";

const COLUMNS: Columns = {
  method: "utf8",
  accuracy: "float64",
  epoch: "int32",
  nothing: "float64",
};

const ROWS: Row[] = [
  { method: "bss", accuracy: 0.1 + 0.2, epoch: 1, nothing: null },
  { method: 'says "so", and\nmore', accuracy: NaN, epoch: -(2 ** 31), nothing: null },
  { method: "", accuracy: -Infinity, epoch: 2 ** 31 - 1, nothing: null },
  { method: null, accuracy: null, epoch: null, nothing: null },
  { method: "Ünïcödé 決定境界", accuracy: 5e-324, epoch: 0, nothing: null },
];

for (const reader of readers) {
  for (const name of reader.formats) {
    Deno.test({
      name: `${reader.name} reads from ${name} what we wrote, value by value` +
        (reader.reason && `: ${reader.reason}`),
      ignore: reader.reason !== "",
      async fn() {
        await withTemporaryFolder(async (folder) => {
          for (const rows of [ROWS, []]) {
            const file = join(folder, `${rows.length}.${name}`);
            const content = { columns: COLUMNS, rows, metadata: { seed: "1" } };
            await Deno.writeFile(file, exportFormatNamed(name).encode(content));
            assertEquals(await reader.read(file, name, COLUMNS), rows);
          }
        });
      },
    });
  }
}

for (const { name } of exportFormats) {
  const its = readers.filter(({ formats }) => formats.includes(name));
  const able = its.filter(({ reason }) => reason === "");
  // A reader that is missing here has read nothing.
  const lacking = able.length > 0 ? "" : its.map(({ reason }) => reason).join(", ");
  Deno.test({
    name: `the format ${name} is read by a program of others${lacking && `: ${lacking}`}`,
    ignore: lacking !== "",
    fn: () => assert(able.length > 0, `no reader knows the format ${name}`),
  });
}

Deno.test("encodeCsv() quotes special texts, and tells an empty text from null", () => {
  const text = new TextDecoder().decode(encodeCsv({
    columns: { "a,b": "utf8", c: "float64" },
    rows: [{ "a,b": 'x"y', c: -0 }, { "a,b": "", c: null }, { "a,b": null, c: 1e21 }],
  }));
  assertEquals(text, '"a,b",c\n"x""y",-0\n"",\n,1e+21\n');
});

Deno.test("encodeCsv() keeps spreadsheets from running texts as formulas, and leaves numbers alone", () => {
  const fieldsOf = (type: "utf8" | "float64", values: (string | number)[]) =>
    new TextDecoder().decode(encodeCsv({
      columns: { "=x": type },
      rows: values.map((value) => ({ "=x": value })),
    })).trimEnd().split("\n");
  assertEquals(
    fieldsOf("utf8", ["=1+1", "+cmd|' /C calc'!A0", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "=1,2"]),
    [
      "'=x",
      ...["'=1+1", "'+cmd|' /C calc'!A0", "'-1+2", "'@SUM(A1)", "'\t=1", '"\'\r=1"', '"\'=1,2"'],
    ],
  );
  const texts = ["-1.5", "+2", "-.5e-3", "a=1", "'=1", "−1"];
  assertEquals(fieldsOf("utf8", texts).slice(1), texts);
  assertEquals(fieldsOf("float64", [-1.5, -Infinity, -1e-9]).slice(1), [
    "-1.5",
    "-Infinity",
    "-1e-9",
  ]);
});

Deno.test("the format arrow keeps the metadata", () => {
  const content = { columns: COLUMNS, rows: ROWS, metadata: { seed: "1" } };
  assertEquals(decodeArrow(exportFormatNamed("arrow").encode(content)), content);
});

Deno.test("exportFormatNamed() lists the valid names for an unknown format", () => {
  assertThrows(() => exportFormatNamed("xlsx"), UserError, "choose from csv, arrow, parquet");
});
