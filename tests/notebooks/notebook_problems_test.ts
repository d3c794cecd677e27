import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { codeCell, errorOutput, notebookOf, shownData, textCell } from "./made_up.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { type Cell, INPUTS_MIME } from "../../lib/notebook/notebook.ts";
import { notebookProblems } from "../../lib/notebook/notebook_problems.ts";
import { readManifest } from "../../lib/store/manifest.ts";
import { ResultsFolder } from "../../lib/store/results_folder.ts";
import { UserError } from "../../lib/user_error.ts";
import { removeResult } from "../store/remove_result.ts";

const SHOWN = shownData({ "text/plain": "1" });

function problems(...cells: Cell[]): Promise<string[]> {
  return notebookProblems("notebooks/a.ipynb", notebookOf(...cells));
}

Deno.test("notebookProblems() finds no problem in a notebook with outputs, or without code", async () => {
  assertEquals(await problems(codeCell("1", [SHOWN]), codeCell("2")), []);
  assertEquals(await problems(textCell("text")), []);
});

Deno.test("notebookProblems() reports missing outputs, errors and other parameters", async () => {
  assertEquals(await problems(codeCell("1"), codeCell("2")), ["holds no outputs"]);
  const injected = codeCell("const a = 1;", [], ["injected-parameters"]);
  assertEquals(
    await problems(injected, codeCell("1", [SHOWN, errorOutput("TypeError", "no")])),
    ["holds an error: code cell 1: TypeError: no", "shows other parameters than it declares"],
  );
});

Deno.test("notebookProblems() reports a result that has changed or is gone", async () => {
  await withTemporaryFolder(async (root) => {
    const folder = await ResultsFolder.open(join(root, "results"));
    const write = (name: string, value: number) =>
      folder.write(name, { value: "float64" }, [{ value }], {});
    await write("runs/a", 1);
    await write("runs/b", 2);
    const manifest = await readManifest(folder.path);
    const results = Object.fromEntries(
      ["runs/a", "runs/b"].map((name) => [name, manifest[`${name}.arrow`].sha256]),
    );
    const cell = codeCell("1", [shownData({ [INPUTS_MIME]: { folder: "../results", results } })]);
    const check = () => notebookProblems(join(root, "notebooks", "a.ipynb"), notebookOf(cell));

    assertEquals(await check(), []);
    await write("runs/a", 3);
    assertEquals(await check(), ["is older than ../results/runs/a"]);
    await removeResult(folder, "runs/b");
    assertEquals(await check(), [
      "is older than ../results/runs/a",
      "was made from ../results/runs/b, which is gone",
    ]);
    await Deno.writeTextFile(join(folder.path, "manifest.json"), "{");
    await assertRejects(check, UserError, "is damaged");
  });
});
