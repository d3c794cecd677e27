import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { committedCells, executeNotebook, jupyter, shown } from "./execute_notebook.ts";
import { findChromium } from "../../lib/report/find_chromium.ts";

const NAME = "boundary-2d.ipynb";

for (const toy of ["circles", "spirals"]) {
  Deno.test({
    name: `the notebook on the plane runs from its first to its last cell, with ${toy}${
      jupyter ? "" : " (skipped: jupyter-nbconvert is not installed)"
    }`,
    ignore: !jupyter,
    fn: async () => {
      const cells = await executeNotebook(NAME, { BSS_SCALE: "smoke", BSS_TOY: toy });
      const text = shown(cells);
      for (const student of ["original", "hinton", "bss", "noise"]) {
        assertMatch(text, new RegExp(`${toy} +${student} +\\d+\\.\\d\\d ± \\d+\\.\\d\\d`));
      }
      assertMatch(text, /Of 1 toys, bss is closer to its teacher than hinton on [01] and further/);
      const figures = cells.flatMap(({ outputs }) => outputs)
        .filter(({ data }) => data && "application/vnd.plotly.v1+json" in data);
      assertEquals(figures.length, 2);
      if (await findChromium()) {
        assert(figures.every(({ data }) => "image/png" in data!), "a figure without its picture");
      }
    },
  });
}

Deno.test("the committed notebook on the plane holds its outputs, without an error", async () => {
  const cells = await committedCells(NAME);
  const outputs = cells.flatMap(({ outputs }) => outputs);
  assertEquals(outputs.filter(({ output_type }) => output_type === "error"), []);
  assertStringIncludes(shown(cells), "Of 3 toys, bss is closer");
  assertStringIncludes(shown(cells), "seeds 1, 2, 3, 4, 5, 6, 7, 8, 9, 10");
});
