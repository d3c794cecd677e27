import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Notebook } from "../../lib/notebook/notebook.ts";
import { notebookHtml } from "../../lib/render/notebook_html.ts";

/** Makes a notebook whose one cell shows HTML, or another form. */
function notebookOf(shown: string, mime = "text/html"): Notebook {
  const data = { [mime]: shown };
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

Deno.test("headings have anchors of their own, and the contents after the first text link to them", () => {
  const cells = ["# Title\n\nQuestion", "## Results & more", "## Results & more\n\n### Part"]
    .map((source) => ({ cell_type: "markdown" as const, metadata: {}, source }));
  const html = notebookHtml({ ...notebookOf(""), cells }, () => null, "a-");
  const contents = /Question.*?<nav.*?<\/nav>/s.exec(html)![0];
  const links = [...contents.matchAll(/href="#([^"]+)">([^<]+)</g)].map((
    [, id, text],
  ) => [id, text]);
  assertEquals(links, [
    ["a-results-more", "Results &amp; more"],
    ["a-results-more-2", "Results &amp; more"],
  ]);
  const ids = [...html.matchAll(/<h(\d) id="([^"]+)"/g)].map(([, level, id]) => [level, id]);
  assertEquals(ids, [["2", "a-results-more"], ["2", "a-results-more-2"], ["3", "a-part"]]);
  assertStringIncludes(html, 'href="#a-part" aria-label="Link to Part"');
});

Deno.test("code and parameters are folded, and the parameters of a rendering are open", () => {
  const cell = (...tags: string[]) => ({
    cell_type: "code" as const,
    metadata: { tags },
    source: 'const scale = "quick" as string;',
  });
  const cells = [cell("parameters"), cell("injected-parameters"), cell()];
  const html = notebookHtml({ ...notebookOf(""), cells }, () => null);
  assertEquals(
    [...html.matchAll(/<details( open)?><summary>(\w+)/g)].map(([, open, label]) => [
      open !== undefined,
      label,
    ]),
    [[false, "Parameters"], [true, "Parameters"], [false, "Code"]],
  );
});

Deno.test("an output of Markdown is text, and an output of an unknown form is named", () => {
  const html = (shown: string, mime: string) => notebookHtml(notebookOf(shown, mime), () => null);
  assertStringIncludes(html("**42** <b>", "text/markdown"), "<strong>42</strong> &lt;b&gt;");
  assertStringIncludes(html("<svg/>", "image/svg+xml"), "cannot show: image/svg+xml");
});

Deno.test("a heading without letters has an anchor, and none has that of the page's own section", () => {
  const cells = ["## Files", "## 🙂"]
    .map((source) => ({ cell_type: "markdown" as const, metadata: {}, source }));
  const html = notebookHtml({ ...notebookOf(""), cells }, () => null);
  assertEquals([...html.matchAll(/<h2 id="([^"]*)"/g)].map(([, id]) => id), ["files-2", "section"]);
});
