import { assertEquals, assertStringIncludes } from "@std/assert";
import { rewrite, TABLE, withReferenceCopy } from "./reference_copy.ts";
import { eachResult, resultText } from "../../../lib/runs/results/result_cells.ts";
import { resultsList, runsList } from "../../../lib/runs/results/results_list.ts";
import { isRun, readStored } from "../../../lib/runs/results/stored_result.ts";
import type { ResultsFolder } from "../../../lib/store/results_folder.ts";
import { resultFile } from "../../../lib/store/manifest.ts";

const SIZES = new Map<string, number>();

async function runsText(folder: ResultsFolder): Promise<string> {
  return runsList((await readStored(folder)).results.filter(isRun), SIZES);
}

Deno.test("resultsList() has one line for all seeds of a run, and shows shared values once", async () => {
  await withReferenceCopy(async (folder) => {
    const { results } = await readStored(folder);
    const text = resultsList(results, SIZES).replaceAll(/\d{4}-\d\d-\d\d/g, "2026-11-24");
    assertEquals(
      text,
      `
data set  fashion-mnist-subset (20 %)
teacher   fashion-mnist-subset-resnet14
student   resnet8
scale     quick
protocol  batchSize=32, epochs=8
backend   wasm
commit    a83e6de

method                                   seeds  epochs  accuracy (%)    finished  size (kB)
───────────────────────────────────────  ─────  ──────  ────────────  ──────────  ─────────
bss (baseSamples=8, eta=1, step=newton)   1, 2       8  69.65 ± 0.92  2026-11-24          0
hinton                                    1, 2       8  69.30 ± 2.26  2026-11-24          0
original                                  1, 2       8  67.70 ± 2.12  2026-11-24          0

table             title                                      runs  missing
────────────────  ─────────────────────────────────────────  ────  ───────
quickstart-quick  Quickstart: three methods on small images     6        0

6 runs, 0 evaluations, 1 table`.slice(1),
    );
  });
});

Deno.test("runsList() keeps runs apart that differ in more than the seed", async () => {
  await withReferenceCopy(async (folder, [run]) => {
    await rewrite(
      folder,
      run,
      ({ metadata }) => ({ metadata: { ...metadata, backend: "onednn" } }),
    );
    const text = await runsText(folder);
    assertStringIncludes(text, "backend");
    const lines = text.split("\n").filter((line) => line.startsWith("bss"));
    assertEquals(lines.map((line) => /newton\)\s+(\d)\s.*(onednn|wasm)/.exec(line)?.slice(1)), [
      ["1", "onednn"],
      ["2", "wasm"],
    ]);
  });
});

Deno.test("runsList() shows the epochs of each stage", async () => {
  await withReferenceCopy(async (folder, [run]) => {
    await rewrite(folder, run, ({ rows }) => ({
      rows: rows.map((row, index) => ({ ...row, stage: index < 3 ? "hint" : "train" })),
    }));
    assertStringIncludes(await runsText(folder), " 3 + 5 ");
  });
});

Deno.test("eachResult() names every result, and adds the weights to a run's size", async () => {
  await withReferenceCopy(async (folder, runs) => {
    const { results } = await readStored(folder);
    const student = `students/${runs[0].slice("runs/".length)}.safetensors`;
    const sizes = new Map([[resultFile(runs[0]), 2000], [student, 3000]]);
    const lines = eachResult(results, sizes).split("\n").slice(2);
    assertEquals(lines.map((line) => line.split(" ")[0]), [...runs, TABLE]);
    assertEquals(/70\.30 .* 5$/.test(lines[0]), true, lines[0]);
  });
});

Deno.test("resultText() gives a result's metadata in full, and its columns", async () => {
  await withReferenceCopy(async (folder, [run]) => {
    const { results } = await readStored(folder);
    const text = resultText(results.find(({ name }) => name === run)!);
    assertStringIncludes(text, '    "student": "resnet8",');
    assertStringIncludes(text, "  backend: wasm\n");
    assertStringIncludes(text, "  8 rows of\n    epoch (int32)\n    stage (utf8)\n");
  });
});
