import { assert, assertEquals } from "@std/assert";
import { basename } from "node:path";
import { listNotebooks } from "../../lib/notebook/list_notebooks.ts";
import { shownText } from "./shown_text.ts";
import { readNotebook } from "../../lib/notebook/read_notebook.ts";

/** The section on facts about paper and setting, which no output has. */
const FACTS = "## Where it departs from the paper";

/** The level of the test in the notebook on the plane */
const LEVEL = "0.05";

const decimals = (text: string) => text.match(/(?<![\w.])\d+\.\d+(?!\w|\.\d)/g) ?? [];

Deno.test("each decimal number in a notebook's text stands in the notebook's outputs, too", async () => {
  let count = 0;
  for (const path of await listNotebooks()) {
    const notebook = await readNotebook(path);
    const texts = notebook.cells.filter(({ cell_type }) => cell_type === "markdown")
      .map(({ source }) => [source].flat().join(""));
    const numbers = texts.filter((text) => !text.startsWith(FACTS)).flatMap(decimals)
      .filter((number) => basename(path) !== "boundary-2d.ipynb" || number !== LEVEL);
    const shown = new Set(decimals(shownText(notebook)));
    assertEquals(numbers.filter((number) => !shown.has(number)), [], basename(path));
    count += numbers.length;
  }
  assert(count > 10, `${count} numbers`);
});
