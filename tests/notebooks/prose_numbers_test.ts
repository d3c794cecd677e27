import { assert, assertEquals } from "@std/assert";
import { basename } from "node:path";
import { listNotebooks } from "../../lib/notebook/list_notebooks.ts";
import { shownText } from "../../lib/notebook/notebook.ts";
import { readNotebook } from "../../lib/notebook/read_notebook.ts";

/** The section on facts about paper and setting, which no output has. */
const FACTS = "## Where it departs from the paper";

Deno.test("each number in a notebook's text stands in the notebook's outputs, too", async () => {
  let count = 0;
  for (const path of await listNotebooks()) {
    const notebook = await readNotebook(path);
    const texts = notebook.cells.filter(({ cell_type }) => cell_type === "markdown")
      .map(({ source }) => [source].flat().join(""));
    const numbers = texts.filter((text) => !text.startsWith(FACTS))
      .flatMap((text) => text.match(/(?<![\w.])\d+\.\d+(?![\w.])/g) ?? []);
    const shown = shownText(notebook);
    assertEquals(numbers.filter((number) => !shown.includes(number)), [], basename(path));
    count += numbers.length;
  }
  assert(count > 10, `${count} numbers`);
});
