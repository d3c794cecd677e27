import { assertEquals } from "@std/assert";
import { tableFindings } from "../../../experiments/results/table_findings.ts";
import { flatRow } from "../../../experiments/table/table_file.ts";
import { tableRowOf } from "../table_row_of.ts";

Deno.test("tableFindings() gives the command for a missing seed with the share and the teacher's precision", () => {
  const bf16 = { fraction: 0.4, teacher: "cifar10-resnet26, bf16" };
  const rows = [1, 2].map((seed) => tableRowOf("original", seed, 0.7, { ...bf16, teacher: null }))
    .concat(tableRowOf("bss", 1, 0.7, bf16)).map(flatRow);
  const table = {
    name: "tables/table1-smoke",
    rows,
    metadata: { experiment: "table1" },
    columns: {},
    specification: null,
  };
  const names = rows.map(({ run }) => `runs/${run}`);
  const [{ message }] = tableFindings(table, { names, results: [] }, "here");
  assertEquals(
    message,
    "seeds that others have are missing of teacher cifar10-resnet26, bf16, method bss: 2; " +
      "`deno task reproduce table1 --scale smoke --fractions 0.4 --students resnet8 --methods bss --seeds 2, " +
      "--teacher-precision bf16 --results here` puts that right",
  );
});
