import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { formatTextTable, type TableCell } from "../../lib/report/cell.ts";
import { bundleOf } from "../../lib/report/display.ts";
import { displayTable, formatHtmlTable } from "../../lib/report/display_table.ts";

const HEADERS = ["method", "accuracy (%)", "seeds"];
const ROWS: TableCell[][] = [["hinton", "86.02 ± 0.21", 12], ["bss", "86.5", null], [
  "ünï",
  null,
  3,
]];

Deno.test("formatTextTable() aligns text to the left and numbers to the right", () => {
  assertEquals(
    formatTextTable(HEADERS, ROWS),
    `
method  accuracy (%)  seeds
──────  ────────────  ─────
hinton  86.02 ± 0.21     12
bss             86.5      –
ünï                –      3`.slice(1),
  );
});

Deno.test("formatTextTable() puts the title above, the note below, and follows align", () => {
  assertEquals(
    formatTextTable(["a", "b"], [["x", 1], ["yy", 10]], {
      title: "Table 2",
      note: "over 3 seeds",
      align: ["right", "left"],
    }),
    "Table 2\n a  b\n──  ──\n x  1\nyy  10\nover 3 seeds",
  );
});

Deno.test("formatTextTable() removes control characters from title and note, but no line breaks", () => {
  const text = formatTextTable(["a"], [["x"]], { title: "\u001b[2Jt", note: "n\u0007\nm" });
  assertEquals(text.match(/\p{Cc}/gu), new Array(5).fill("\n"));
});

Deno.test("formatTextTable() recognises numbers with signs, brackets and units", () => {
  const cells = ["+0.5", "−0.25", "[0.7, 2.5]", "<0.001", "12 %", "≈ 3", "1e-5", "2.4×", "7.1 ± 2"];
  const lines = formatTextTable(["x".repeat(12)], cells.map((cell) => [cell])).split("\n").slice(2);
  assertEquals(lines, cells.map((cell) => cell.padStart(12)));
  assertEquals(formatTextTable(["head"], [["3a"]]), "head\n────\n3a");
});

Deno.test("formatTextTable() shortens numbers to six digits and keeps NaN and whole numbers", () => {
  const text = formatTextTable(["n"], [[0.1 + 0.2], [NaN], [123456789], [2 / 3], [true]]);
  assertEquals(text.split("\n").slice(2).map((line) => line.trim()), [
    "0.3",
    "NaN",
    "123456789",
    "0.666667",
    "true",
  ]);
});

Deno.test("formatTextTable() keeps line breaks and escape codes of cells out of the terminal", () => {
  assertEquals(formatTextTable(["a"], [["x\ny\x1b[2J"]]), "a\n───────\nx y [2J");
});

Deno.test("formatTextTable() shows the headers of a table without rows", () => {
  assertEquals(formatTextTable(["a", "bc"], []), "a  bc\n─  ──");
});

Deno.test("formatHtmlTable() escapes cells, headers, title and note", () => {
  const attack = `<script>alert("1" & '2')</script>`;
  const html = formatHtmlTable([attack], [[attack]], { title: attack, note: attack });
  assert(!html.includes("<script"));
  const escaped = "&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;";
  assertEquals(html.split(escaped).length, 5);
});

Deno.test("formatHtmlTable() uses no colours but those of the notebook's theme", () => {
  const html = formatHtmlTable(HEADERS, ROWS, { title: "t", note: "n" });
  const colours = html.match(/(?<![\w-])(color|background)[^;"]*/g) ?? [];
  assertEquals(colours, ["color:inherit"]);
});

Deno.test("displayTable() shows columns by key with their units, and missing values as a dash", async () => {
  const bundle = await bundleOf(displayTable({
    columns: [
      { key: "method", title: "Method" },
      { key: "accuracy", title: "Accuracy", unit: "%" },
      { key: "seed", title: "Seed", align: "left" },
    ],
    rows: [{ method: "bss", accuracy: 86.5, seed: 1, ignored: 7 }, { method: "hinton" }],
  }));
  assertEquals(Object.keys(bundle), ["text/html", "text/plain"]);
  assertEquals(
    bundle["text/plain"],
    `
Method  Accuracy (%)  Seed
──────  ────────────  ────
bss             86.5  1
hinton             –  –`.slice(1),
  );
  assertStringIncludes(String(bundle["text/html"]), ">Accuracy (%)</th>");
});

Deno.test("a cell with a link leads there in HTML, and is its text in a terminal", () => {
  const rows = [[{ text: "decided in a<b", href: 'a".ipynb' }], ["plain"]];
  assertStringIncludes(
    formatHtmlTable(["verdict"], rows),
    '<a href="a&quot;.ipynb">decided in a&lt;b</a></td>',
  );
  assertEquals(formatTextTable(["verdict"], rows).split("\n").slice(2), [
    "decided in a<b",
    "plain",
  ]);
});
