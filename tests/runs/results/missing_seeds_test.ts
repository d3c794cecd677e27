import { assertEquals } from "@std/assert";
import { missingSeeds } from "../../../lib/runs/results/table_findings.ts";
import { flatRow } from "../../../lib/runs/table/table_file.ts";
import { tableRowOf } from "../table_row_of.ts";

Deno.test("a seed below a method's largest is missing if another method has it on the same data", () => {
  const table = [
    // More seeds of one method than of another are a plan, not a gap.
    ...[1, 2, 3, 4, 5].map((seed) => tableRowOf("original", seed, 0.7, { fraction: 0.2 })),
    ...[1, 3].map((seed) => tableRowOf("bss", seed, 0.7, { fraction: 0.2 })),
    tableRowOf("original", 1, 0.8),
    tableRowOf("bss", 1, 0.8),
  ];
  const rows = table.map(flatRow);
  assertEquals(missingSeeds(rows), [
    { group: "fraction 0.2, method bss", row: rows[5], seeds: [2] },
  ]);
});
