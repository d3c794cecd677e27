import { assertEquals } from "@std/assert";
import { extractCells } from "../../lib/notebook/notebook.ts";
import { codeCell, notebookOf, textCell } from "./made_up.ts";

Deno.test("extractCells() joins the code cells of a notebook and leaves out the text", () => {
  const notebook = notebookOf(
    textCell("# Title"),
    codeCell("const a = 1;\na;"),
    codeCell("a + 1;"),
  );
  assertEquals(extractCells(notebook), "const a = 1;\na;\n\na + 1;\n\nexport {};\n");
});
