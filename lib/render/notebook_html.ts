import type { Cell, Notebook } from "../notebook/notebook.ts";
import { declaresParameters, isInjected } from "../notebook/parameters.ts";
import { escapeHtml } from "../report/escape_html.ts";
import { type LinkTarget, markdownHtml } from "./markdown.ts";
import { outputHtml } from "./output_html.ts";

/**
 * A notebook's cells as HTML: its text and what its cells show; their code is folded away, but for
 * the parameters.
 */
export function notebookHtml({ cells }: Notebook, target: LinkTarget): string {
  return cells.map((cell) => cellHtml(cell, target)).join("\n");
}

function cellHtml(cell: Cell, target: LinkTarget): string {
  if (cell.cell_type === "markdown") {
    return `<div class="text">${markdownHtml(cell.source, target)}</div>`;
  }
  if (cell.cell_type === "raw") return `<pre>${escapeHtml(cell.source)}</pre>`;
  return codeHtml(cell) + (cell.outputs ?? []).map(outputHtml).join("\n");
}

function codeHtml(cell: Cell): string {
  if (cell.source.trim() === "") return "";
  const [label, open] = isInjected(cell)
    ? ["Parameters of this rendering, in place of those above", " open"]
    : declaresParameters(cell)
    ? ["Parameters", " open"]
    : ["Code", ""];
  return `<details${open}><summary>${label}</summary>` +
    `<pre tabindex="0"><code>${escapeHtml(cell.source)}</code></pre></details>`;
}
