import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { codeCell, notebookOf, shownData } from "../notebooks/made_up.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { INPUTS_MIME } from "../../lib/notebook/notebook.ts";
import { readNotebook } from "../../lib/notebook/read_notebook.ts";
import { writePages } from "../../lib/render/write_pages.ts";
import { decodeArrow } from "../../lib/store/arrow_file.ts";
import { ResultsFolder } from "../../lib/store/results_folder.ts";

Deno.test("a page links to its notebook, its tables as Arrow and CSV, and shows the command", async () => {
  await withTemporaryFolder(async (project) => {
    const results = await ResultsFolder.open(join(project, "mine"));
    await results.write("tables/t", { seed: "int32" }, [{ seed: 7 }], { experiment: "t" });
    const inputs = (table: string) => ({
      folder: "../mine",
      table,
      command: `deno task reproduce "${table}"`,
      results: {},
    });
    const cells = ["tables/t", "tables/gone"].map((table) =>
      codeCell("1", [shownData({ [INPUTS_MIME]: inputs(table), "text/plain": "made by" })])
    );
    const out = join(project, "out");
    const folder = join(project, "notebooks");
    await writePages(out, [{ name: "a", notebook: notebookOf(...cells), folder }], "remark");
    const html = await Deno.readTextFile(join(out, "a.html"));
    const files = ["a.ipynb", "mine-t.arrow", "mine-t.csv"];
    assertEquals([...html.matchAll(/href="([^"]*)"[^>]*>\1</g)].map(([, file]) => file), files);
    assertEquals((await readNotebook(join(out, files[0]))).cells.length, 2);
    const { rows, metadata } = decodeArrow(await Deno.readFile(join(out, files[1])));
    assertEquals([rows, metadata.experiment], [[{ seed: 7 }], "t"]);
    assertEquals(await Deno.readTextFile(join(out, files[2])), "seed\n7\n");
    // The command stays even if the table is gone.
    assertStringIncludes(html, "deno task reproduce &quot;tables/gone&quot;");
    assert(!html.includes("mine-gone"), html);
  });
});
