import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { committedCells, executeNotebook, jupyter, shown } from "./execute_notebook.ts";
import { findChromium } from "../../lib/report/find_chromium.ts";

const NAME = "quickstart.ipynb";

Deno.test({
  name: `the quickstart notebook runs from its first to its last cell${
    jupyter ? "" : " (skipped: jupyter-nbconvert is not installed)"
  }`,
  ignore: !jupyter,
  fn: async () => {
    const results = await Deno.makeTempDir();
    try {
      const cells = await executeNotebook(NAME, { BSS_SCALE: "smoke", BSS_RESULTS: results });
      const text = shown(cells);
      assertMatch(text, /backend: (onednn|wasm|tensorflow)/);
      assertMatch(text, /right on \d\d\.\d % of 1000 test images/);
      assertStringIncludes(text, "6 runs, of which 6 were missing");
      assertMatch(text, /resnet8 +bss +\d+\.\d\d ± \d+\.\d\d/);
      const figures = cells.flatMap(({ outputs }) => outputs)
        .filter(({ data }) => data && "application/vnd.plotly.v1+json" in data);
      assertEquals(figures.length, 3);
      if (await findChromium()) {
        assert(figures.every(({ data }) => "image/png" in data!), "a figure without its picture");
      }
    } finally {
      await Deno.remove(results, { recursive: true });
    }
  },
});

Deno.test("the committed quickstart notebook holds its outputs, without an error", async () => {
  const cells = await committedCells(NAME);
  const outputs = cells.flatMap(({ outputs }) => outputs);
  assertEquals(outputs.filter(({ output_type }) => output_type === "error"), []);
  assert(outputs.length >= cells.length - 4, `${outputs.length} outputs of ${cells.length} cells`);
  assertStringIncludes(shown(cells), "scale quick");
});
