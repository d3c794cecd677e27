import { assertEquals } from "@std/assert";
import { basename } from "node:path";
import { figuresOf, structureOf } from "./figure_structure.ts";
import { listNotebooks } from "../../lib/notebook/list_notebooks.ts";
import { readNotebook } from "../../lib/notebook/read_notebook.ts";

for (const path of await listNotebooks()) {
  const name = basename(path, ".ipynb");
  Deno.test(`the figures of the committed ${name} have the stored structure`, async () => {
    const file = new URL(`figures/${name}.json`, import.meta.url);
    const structure = figuresOf(await readNotebook(path)).map(structureOf);
    if (Deno.env.get("UPDATE_SNAPSHOTS") && structure.length > 0) {
      await Deno.writeTextFile(file, JSON.stringify(structure, null, 2) + "\n");
    }
    const stored = JSON.parse(await Deno.readTextFile(file).catch(() => "[]"));
    const remedy = "if the change is intended: UPDATE_SNAPSHOTS=1 deno task test tests/browser";
    assertEquals(structure, stored, remedy);
  });
}
