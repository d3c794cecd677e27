import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { table1 } from "../../experiments/table1.ts";
import { summaryTable } from "../../lib/runs/table/summary_table.ts";
import type { TableRow } from "../../lib/runs/table/table_row.ts";
import { bundleOf } from "../../lib/report/display.ts";
import type { Scale } from "../../lib/training/run_specification.ts";
import { tableRowOf } from "./table_row_of.ts";

async function summaryOf(scale: Scale, rows: readonly TableRow[]): Promise<string> {
  const table = { rows, results: [], missing: [], unmeasured: [], damaged: [] };
  return String((await bundleOf(summaryTable(table1, scale, table)))["text/plain"]);
}

Deno.test("summaryTable() marks a gain whose pairs were made under different conditions", async () => {
  const conditions = { processor: "Intel", precision: ["f32"], kernels: "onednn" };
  const rows = [
    tableRowOf("original", 1, 0.7),
    tableRowOf("hinton", 1, 0.8),
    tableRowOf("bss", 1, 0.9, { conditions }),
  ];
  const text = await summaryOf("smoke", rows);
  assertMatch(text, /hinton .*\+10\.00\n/);
  assertMatch(text, /bss .*\+20\.00†\n/);
  assertStringIncludes(text, "† with pairs that differ in processor");
  const alike = await summaryOf("smoke", rows.slice(0, 2));
  assert(!alike.includes("†"));
});

Deno.test("summaryTable() shows on which side of zero an interval ends", async () => {
  const rows = [
    tableRowOf("original", 1, 0.5),
    tableRowOf("original", 2, 0.5),
    tableRowOf("bss", 1, 0.5234),
    tableRowOf("bss", 2, 0.5274),
  ];
  const text = await summaryOf("smoke", rows);
  assertMatch(text, /bss .*\[−0\.001,\s5\.08\]/);
});

Deno.test("only runs with all of the paper's images and its protocol are compared with its figures", async () => {
  const dataset = "cifar10";
  const rows = [
    tableRowOf("bss", 1, 0.8732, { dataset }),
    tableRowOf("bss", 1, 0.7, { dataset, fraction: 0.2 }),
    tableRowOf("bss", 1, 0.7, { dataset, setting: "epochs=20" }),
    tableRowOf("bss", 1, 0.8742, { dataset, setting: "evaluateEvery=5, studentPrecision=bf16" }),
  ];
  const text = await summaryOf("paper", rows);
  assertEquals(text.match(/87\.32 +\+0\.00/g)?.length, 1);
  assertEquals(text.match(/87\.32 +\+0\.10/g)?.length, 1);
  assertEquals(text.match(/not reported here +–/g)?.length, 2);
  const uncompared = await summaryOf("paper", rows.slice(1, 3));
  assert(!uncompared.includes("from the paper's"), "a column without a figure");
});

Deno.test("epochs that differ have a column, and are not told again in the settings", async () => {
  const long = { epochs: 4, setting: "epochs=4, evaluateEvery=5" };
  const rows = [
    tableRowOf("bss", 1, 0.7, { setting: "evaluateEvery=5" }),
    tableRowOf("bss", 1, 0.8, long),
  ];
  const text = await summaryOf("smoke", rows);
  assertStringIncludes(text, "protocol evaluateEvery=5;");
  assertMatch(text, /bss +2 +70\.00/);
  assertMatch(text, /bss +4 +80\.00/);
  assertStringIncludes(await summaryOf("smoke", rows.slice(1)), "epochs=4, evaluateEvery=5");
});

Deno.test("the paper's figures stand only beside runs with the paper's images and students", async () => {
  const [ours, theirs] = ["fashion-mnist-subset", "cifar10"].map((dataset) =>
    tableRowOf("original", 1, 0.7, { dataset })
  );
  for (const scale of ["quick", "paper"] as const) {
    const text = await summaryOf(scale, [ours]);
    assert(!text.includes("the paper's"), text);
  }
  const other = tableRowOf("original", 1, 0.7, { dataset: "cifar10", student: "resnet20" });
  const rows = [ours, theirs, other];
  const lines = (await summaryOf("quick", rows)).split("\n");
  const [, ...cells] = lines.filter((line) => /the paper's|original/.test(line));
  assertMatch(cells[0], /fashion-mnist-subset .* – *$/);
  assertMatch(cells[1], /cifar10 .* 86\.02 *$/);
  assertMatch(cells[2], /cifar10 .* not reported here *$/);
});
