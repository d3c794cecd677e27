import { assert } from "@std/assert";
import { basename, dirname } from "node:path";
import { listNotebooks } from "../../lib/notebook/list_notebooks.ts";
import { inputsOf } from "../../lib/notebook/notebook.ts";
import { readNotebook } from "../../lib/notebook/read_notebook.ts";
import { pageFiles } from "../../lib/render/page_files.ts";

Deno.test("the tables behind all notebooks come with the project, so that pages link to them", async () => {
  let count = 0;
  for (const path of await listNotebooks()) {
    const notebook = await readNotebook(path);
    const files = await pageFiles(basename(path, ".ipynb"), notebook, dirname(path));
    for (const { folder, table } of inputsOf(notebook)) {
      if (table === undefined) continue;
      const file = `${basename(folder)}-${basename(table)}.arrow`;
      assert(files.has(file), `${basename(path)} lacks ${file}`);
      count++;
    }
  }
  assert(count > 10, `${count} tables`);
});
