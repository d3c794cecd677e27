import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { openPlan } from "../../experiments/open_plan.ts";
import { quickstart } from "../../experiments/quickstart.ts";
import { collectTable } from "../../experiments/result_table.ts";
import { PROJECT_ROOT } from "../../lib/files/project_root.ts";
import { ResultsFolder } from "../../lib/report/results_folder.ts";

Deno.test("collectTable() reads the reference results, older than some of today's columns", async () => {
  const folder = await ResultsFolder.openToRead(join(PROJECT_ROOT, "results", "reference"));
  const plan = await openPlan(quickstart, { scale: "quick" }, { results: folder.path });
  const { rows, missing, damaged } = await collectTable(folder, plan);
  assertEquals(damaged, []);
  assertEquals(missing, []);
  assertEquals(rows.length, 6);
});
