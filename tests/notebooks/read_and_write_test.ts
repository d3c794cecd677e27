import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { join } from "node:path";
import { codeCell, notebookOf, shownData, textCell } from "./made_up.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { parseNotebook, readNotebook } from "../../lib/notebook/read_notebook.ts";
import { formatNotebook, writeNotebook } from "../../lib/notebook/write_notebook.ts";
import { UserError } from "../../lib/user_error.ts";

Deno.test("writeNotebook() writes what readNotebook() reads, in lines and with sorted keys", async () => {
  const data = {
    "text/plain": "a\nb\r\n",
    "image/png": "AA\n",
    "application/x+json": { b: "1\n2" },
  };
  const notebook = notebookOf(
    textCell("# Title\n\ntext"),
    codeCell("", [
      { output_type: "stream", name: "stdout", text: "one\ntwo" },
      shownData(data),
      { output_type: "error", ename: "Error", evalue: "e", traceback: ["a\nb"] },
    ]),
  );
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, "a.ipynb");
    await writeNotebook(path, notebook);
    assertEquals(await readNotebook(path), notebook);
    const text = await Deno.readTextFile(path);
    assertStringIncludes(text, `"text": [\n      "one\\n",\n      "two"\n     ]`);
    assertEquals(text.indexOf('"cells"') < text.indexOf('"metadata"'), true);
    assertEquals(formatNotebook(await readNotebook(path)), text);
  });
});

Deno.test("readNotebook() says which file is not there or no notebook", async () => {
  await assertRejects(() => readNotebook("/none.ipynb"), UserError, "/none.ipynb");
  const cases = ["", "{", "null", "[]", '{"cells": []}', '{"nbformat": 3, "cells": []}'];
  for (const text of cases) {
    assertThrows(() => parseNotebook(text, "a.ipynb"), UserError, "a.ipynb is not a notebook");
  }
});
