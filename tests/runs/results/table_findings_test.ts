import { assertEquals } from "@std/assert";
import { assertFindings, nameOf, TABLE_FILE } from "./assert_findings.ts";
import { addEvaluation, rewrite, TABLE } from "./reference_copy.ts";
import { tableFindings } from "../../../lib/runs/results/table_findings.ts";
import { flatRow } from "../../../lib/runs/table/table_file.ts";
import { tableRowOf } from "../table_row_of.ts";
import type { ResultsFolder } from "../../../lib/store/results_folder.ts";
import { removeResult } from "../../store/remove_result.ts";

Deno.test("tableFindings() names the command for a missing seed, with share, precision and settings", () => {
  const setting = "evaluateEvery=5, studentPrecision=bf16";
  const bf16 = { fraction: 0.4, teacher: "cifar10-resnet26, bf16", setting };
  const rows = [
    ...[1, 2, 3].map((seed) => tableRowOf("original", seed, 0.7, { ...bf16, teacher: null })),
    ...[1, 3].map((seed) => tableRowOf("bss", seed, 0.7, bf16)),
  ].map(flatRow);
  const table = {
    name: "tables/table1-smoke",
    rows,
    metadata: { experiment: "table1" },
    columns: {},
    specification: null,
  };
  const names = rows.map(({ run }) => `runs/${run}`);
  const [{ message }] = tableFindings(table, { names, results: [], damaged: [] }, "here");
  assertEquals(
    message,
    "teacher cifar10-resnet26, bf16, method bss lacks seeds that others have: 2; " +
      "`deno task reproduce table1 --scale smoke --fractions 0.4 --students resnet8 --methods bss --seeds 2, " +
      "--teacher-precision bf16 --set protocol.evaluateEvery=5 --set protocol.studentPrecision=bf16 " +
      "--results here` puts that right",
  );
});

Deno.test("verifyResults() finds a seed that a table has only for the other methods", async () => {
  await assertFindings(
    (folder) => rewrite(folder, TABLE, ({ rows }) => ({ rows: rows.slice(1) })),
    () => [[
      "incomplete",
      TABLE_FILE,
      /method original lacks seeds that others have: 1; `deno task reproduce quickstart --scale quick --fractions 0\.2 --students resnet8 --methods original --seeds 1, --results .*` puts that right/,
    ]],
  );
});

Deno.test("verifyResults() finds runs that a table lists as missing, whether they are there by now or not", async () => {
  await assertFindings(
    (folder, run) =>
      rewrite(folder, TABLE, ({ metadata }) => ({
        metadata: { ...metadata, missing: JSON.stringify([nameOf(run), "a", "b", "c", "d", "e"]) },
      })),
    (run) => [
      [
        "incomplete",
        TABLE_FILE,
        /it lacks a, b, c and 2 more; `deno task reproduce quickstart --scale quick --results .*`, with the options that it was made with, puts that right/,
      ],
      ["stale", TABLE_FILE, new RegExp(`it lacks runs that are there by now: ${nameOf(run)};`)],
    ],
  );
});

Deno.test("verifyResults() finds runs that were not measured or damaged when a table was written", async () => {
  await assertFindings(
    (folder) =>
      rewrite(folder, TABLE, ({ metadata }) => ({
        metadata: { ...metadata, unmeasured: '["a"]', damaged: '["b"]' },
      })),
    () => [
      ["incomplete", TABLE_FILE, /when it was written, not all was measured of a;/],
      ["incomplete", TABLE_FILE, /when it was written, these were damaged: b;/],
    ],
  );
});

Deno.test("verifyResults() finds a figure in a table that differs from its run's", async () => {
  await assertFindings(
    (folder) =>
      rewrite(folder, TABLE, ({ rows: [first, ...others] }) => ({
        rows: [{ ...first, test_accuracy: 0.9 }, ...others],
      })),
    () => [["stale", TABLE_FILE, /row 0 has the test_accuracy 0\.9, but its results 0\.662;/]],
  );
});

/** Adds an evaluation to a run, and its figure to a table. */
async function withEvaluation(folder: ResultsFolder, run: string, figure: number): Promise<string> {
  const evaluation = await addEvaluation(folder, nameOf(run), "mag_sim", 0.5);
  await rewrite(folder, TABLE, ({ columns, rows }) => ({
    columns: { ...columns, mag_sim: "float64" },
    rows: rows.map((row) => ({ ...row, mag_sim: row.run === nameOf(run) ? figure : null })),
  }));
  return evaluation;
}

Deno.test("verifyResults() finds a figure in a table that was measured differently, or not at all", async () => {
  await assertFindings((folder, run) => withEvaluation(folder, run, 0.5), () => []);
  await assertFindings(
    (folder, run) => withEvaluation(folder, run, 0.6),
    () => [["stale", TABLE_FILE, /row 4 has the mag_sim 0\.6, but its results 0\.5;/]],
  );
  await assertFindings(
    async (folder, run) => {
      await removeResult(folder, await withEvaluation(folder, run, 0.5));
    },
    () => [["stale", TABLE_FILE, /row 4 has the mag_sim 0\.5, but its results none;/]],
  );
});
