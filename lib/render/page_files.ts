import { basename, resolve } from "node:path";
import { escapeHtml } from "../report/escape_html.ts";
import { compactFigures } from "../notebook/compact_figures.ts";
import { inputsOf, type Notebook } from "../notebook/notebook.ts";
import { formatNotebook } from "../notebook/write_notebook.ts";
import { encodeArrow } from "../store/arrow_file.ts";
import { encodeCsv } from "../store/export.ts";
import { ResultsFolder } from "../store/results_folder.ts";
import { UserError } from "../user_error.ts";

/**
 * Collects the files that a page links to: its notebook, and its tables as Arrow and CSV. A table
 * that is gone, or no longer whole, is left out.
 *
 * @param folder the notebook's folder, which its results folders are relative to
 */
export async function pageFiles(
  name: string,
  notebook: Notebook,
  folder?: string,
): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  files.set(`${name}.ipynb`, new TextEncoder().encode(formatNotebook(compactFigures(notebook))));
  for (const { folder: results, table } of inputsOf(notebook)) {
    if (table === undefined || folder === undefined) continue;
    const content = await readTable(resolve(folder, results), table);
    if (content === null) continue;
    const file = `${basename(results)}-${basename(table)}`;
    files.set(`${file}.arrow`, encodeArrow(content.columns, content.rows, content.metadata));
    files.set(`${file}.csv`, encodeCsv(content));
  }
  return files;
}

async function readTable(path: string, table: string) {
  try {
    const folder = await ResultsFolder.openToRead(path);
    return await folder.read(table);
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

/**
 * Makes the part of a page that links to its files and gives the commands that make the results.
 *
 * @param id of its heading
 */
export function filesHtml(notebook: Notebook, files: readonly string[], id: string): string {
  const commands = new Set(inputsOf(notebook).flatMap(({ command }) => command ?? []));
  if (files.length + commands.size === 0) return "";
  const links = files.map((file) =>
    `<a href="${encodeURIComponent(file)}">${escapeHtml(file)}</a>`
  );
  const lines = [...commands].map((line) =>
    `<pre tabindex="0"><code>${escapeHtml(line)}</code></pre>`
  );
  return `<section><h2 id="${escapeHtml(id)}">Files and commands</h2>` +
    (links.length > 0 ? `<p>${links.join(", ")}</p>` : "") + lines.join("") + "</section>";
}
