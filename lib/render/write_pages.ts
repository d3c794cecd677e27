import { join } from "node:path";
import { writeAtomically } from "../files/write_atomically.ts";
import type { Notebook } from "../notebook/notebook.ts";
import { escapeHtml } from "../report/escape_html.ts";
import { inlineAssets, linkedAssets, pageHtml, sharedFiles } from "./page_html.ts";
import { indexHtml, summarise } from "./index_html.ts";
import type { LinkTarget } from "./markdown.ts";
import { notebookHtml } from "./notebook_html.ts";

/** A notebook to be shown, with the name that its page gets: "table1" for "table1.html". */
export interface NamedNotebook {
  readonly name: string;
  readonly notebook: Notebook;
}

/**
 * Writes a page for each notebook, an overview, and the files that they share.
 *
 * @param remark what the foot of each page says
 * @throws UserError when the disk refuses
 */
export async function writePages(
  folder: string,
  notebooks: readonly NamedNotebook[],
  remark: string,
): Promise<void> {
  const footer = escapeHtml(remark);
  const addressOf = (name: string) => `${name}.html`;
  const target = linksAmong(notebooks, addressOf);
  const files: Record<string, string> = { ...await sharedFiles() };
  for (const { name, notebook } of notebooks) {
    const { title } = summarise(name, notebook);
    const body = `<header><a href="index.html">All notebooks</a></header>` +
      `<main>${notebookHtml(notebook, target)}</main>`;
    files[addressOf(name)] = pageHtml({ title, body, footer }, linkedAssets);
  }
  const body = `<main>${overview(notebooks, addressOf, target)}</main>`;
  const assets = { ...linkedAssets, scripts: () => "" };
  files["index.html"] = pageHtml({ title: "Notebooks", body, footer }, assets);
  for (const [name, text] of Object.entries(files)) await writeText(join(folder, name), text);
}

/**
 * Writes all notebooks into one page that needs no other file, the overview first if there are
 * several.
 *
 * @param remark what the foot of the page says
 * @throws UserError when the disk refuses
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
  const title = isOne ? summarise(notebooks[0].name, notebooks[0].notebook).title : "Notebooks";
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
    summary: summarise(name, notebook),
  }));
  return indexHtml(entries, target);
}

/** Links to other notebooks lead to their pages; those to other files of the checkout lead nowhere. */
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
