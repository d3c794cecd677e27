import { join } from "node:path";
import { writeAtomically } from "../files/write_atomically.ts";
import type { Notebook } from "../notebook/notebook.ts";
import { escapeHtml } from "../report/escape_html.ts";
import { inlineAssets, linkedAssets, pageHtml, sharedFiles } from "./page_html.ts";
import { indexHtml, summaryOf } from "./index_html.ts";
import type { LinkTarget } from "./markdown.ts";
import { notebookHtml } from "./notebook_html.ts";

/** A notebook and the name of its page: "table1" for "table1.html". */
export interface NamedNotebook {
  readonly name: string;
  readonly notebook: Notebook;
}

const EXPLORER_LINK =
  `<p><a href="explorer.html">Attack an image yourself</a>: watch it walk to the ` +
  `teacher’s decision boundary.</p>`;

/**
 * Writes a page for each notebook, an overview, and the files that they share.
 *
 * @param remark footer of each page
 * @param explorer the explorer's files by name, if the pages come with it
 * @throws UserError if the files cannot be written
 */
export async function writePages(
  folder: string,
  notebooks: readonly NamedNotebook[],
  remark: string,
  explorer: Readonly<Record<string, string>> = {},
): Promise<void> {
  const footer = escapeHtml(remark);
  const addressOf = (name: string) => `${name}.html`;
  const target = linksAmong(notebooks, addressOf);
  const files: Record<string, string> = { ...await sharedFiles(), ...explorer };
  for (const { name, notebook } of notebooks) {
    const { title } = summaryOf(name, notebook);
    const body = `<header><a href="index.html">All notebooks</a></header>` +
      `<main>${notebookHtml(notebook, target)}</main>`;
    files[addressOf(name)] = pageHtml({ title, body, footer }, linkedAssets);
  }
  const link = "explorer.html" in explorer ? EXPLORER_LINK : "";
  const body = `<main>${overview(notebooks, addressOf, target)}${link}</main>`;
  const assets = { ...linkedAssets, scripts: () => "" };
  files["index.html"] = pageHtml({ title: "Notebooks", body, footer }, assets);
  for (const [name, text] of Object.entries(files)) await writeText(join(folder, name), text);
}

/**
 * Writes all notebooks into one page that needs no other file. With several notebooks the overview
 * comes first.
 *
 * @param remark footer of the page
 * @throws UserError if the file cannot be written
 */
export async function writeOnePage(
  file: string,
  notebooks: readonly NamedNotebook[],
  remark: string,
): Promise<void> {
  const addressOf = (name: string) => `#${name}`;
  const target = linksAmong(notebooks, addressOf);
  const articles = notebooks.map(({ name, notebook }) =>
    `<article id="${escapeHtml(name)}">${notebookHtml(notebook, target)}</article>`
  );
  const isOne = notebooks.length === 1;
  const title = isOne ? summaryOf(notebooks[0].name, notebooks[0].notebook).title : "Notebooks";
  const first = isOne ? "" : overview(notebooks, addressOf, target);
  const body = `<main>${first}${articles.join("\n")}</main>`;
  const footer = escapeHtml(remark);
  await writeText(file, pageHtml({ title, body, footer }, await inlineAssets()));
}

function overview(
  notebooks: readonly NamedNotebook[],
  addressOf: (name: string) => string,
  target: LinkTarget,
): string {
  const entries = notebooks.map(({ name, notebook }) => ({
    href: addressOf(name),
    summary: summaryOf(name, notebook),
  }));
  return indexHtml(entries, target);
}

/** Turns links to notebooks into links to their pages. Removes links to other files. */
function linksAmong(
  notebooks: readonly NamedNotebook[],
  addressOf: (name: string) => string,
): LinkTarget {
  const names = new Set(notebooks.map(({ name }) => name));
  return (href) => {
    if (/^(https?:|mailto:|#)/.test(href)) return href;
    const name = /^(?:\.\/)?([^/]+)\.ipynb$/.exec(href)?.[1];
    return name !== undefined && names.has(name) ? addressOf(name) : null;
  };
}

async function writeText(path: string, text: string): Promise<void> {
  await writeAtomically(path, new TextEncoder().encode(text));
}
