import { assert, assertStringIncludes } from "@std/assert";
import type { Notebook } from "../../lib/notebook/notebook.ts";
import { notebookHtml } from "../../lib/render/notebook_html.ts";

/** Makes a notebook whose one cell shows HTML. */
function notebookOf(html: string): Notebook {
  const data = { "text/html": html };
  const output = { output_type: "display_data" as const, data, metadata: {} };
  const cell = { cell_type: "code" as const, metadata: {}, source: "", outputs: [output] };
  return { cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 };
}

Deno.test("a link in an output leads to the notebook's page, and stays text without one", () => {
  const links = '<p><a href="table1.ipynb">decided</a> <a href="secret.txt">a file</a></p>';
  const target = (href: string) => href === "table1.ipynb" ? "table1.html" : null;
  const html = notebookHtml(notebookOf(links), target);
  assertStringIncludes(html, '<a href="table1.html">decided</a>');
  assertStringIncludes(html, "a file");
  assert(!html.includes("secret.txt"), html);
});

Deno.test("a link that would run a script is removed, whatever it is redirected to", () => {
  const html = notebookHtml(notebookOf('<a href="javascript:alert(1)">x</a>'), (href) => href);
  assert(!html.includes("javascript:"), html);
});
