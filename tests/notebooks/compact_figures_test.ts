import { assertEquals } from "@std/assert";
import { compactFigures } from "../../lib/notebook/compact_figures.ts";
import { outputsOf, PLOTLY_MIME } from "../../lib/notebook/notebook.ts";
import { codeCell, notebookOf, shownData, textCell } from "./made_up.ts";

Deno.test("compactFigures() removes only the HTML of figures that have a picture", () => {
  const figure = { [PLOTLY_MIME]: {}, "text/plain": "[figure]" };
  const table = shownData({ "text/html": "<table>", "text/plain": "a table" });
  const withoutPicture = shownData({ ...figure, "text/html": "<script>" });
  const complete = shownData({ ...figure, "text/html": "<script>", "image/png": "iVBOR" });
  const notebook = notebookOf(textCell("# A"), codeCell("", [table, withoutPicture, complete]));
  assertEquals(
    outputsOf(compactFigures(notebook)),
    [table, withoutPicture, shownData({ ...figure, "image/png": "iVBOR" })],
  );
});
