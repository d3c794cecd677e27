import { Buffer } from "node:buffer";
import { join } from "node:path";
import { writeAtomically } from "../files/write_atomically.ts";
import type { Notebook } from "../notebook/notebook.ts";
import { escapeHtml } from "../report/escape_html.ts";
import { inlineAssets, linkedAssets, pageHtml, sharedFiles } from "./page_html.ts";
import { INDEX_TITLE, indexHtml, summaryOf } from "./index_html.ts";
import type { LinkTarget } from "./markdown.ts";
import { notebookHtml } from "./notebook_html.ts";
import { filesHtml, pageFiles } from "./page_files.ts";

/** A notebook and the name of its page: "table1" for "table1.html". */
export interface NamedNotebook {
  readonly name: string;
  readonly notebook: Notebook;
  /** The notebook's folder, which its results folders are relative to; none without their tables */
  readonly folder?: string;
}

const EXPLORER_LINK =
  `<p><a href="explorer.html">Attack an image yourself</a>: watch it walk to the ` +
  `teacher’s decision boundary.</p>`;

/**
 * Writes a page for each notebook, an overview, and the files that they share or link to.
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
  const fileOf = (name: string) => `${name}.html`;
  const addressOf = (name: string, fragment = "") => encodeURIComponent(fileOf(name)) + fragment;
  const target = linksAmong(notebooks, addressOf);
  const files = new Map<string, string | Uint8Array>(
    Object.entries({ ...await sharedFiles(), ...explorer }),
  );
  for (const { name, notebook, folder: source } of notebooks) {
    const { title } = summaryOf(name, notebook);
    const beside = await pageFiles(name, notebook, source);
    let pictures = 0;
    const picture = (png: string) => {
      const file = `${name}-${++pictures}.png`;
      files.set(file, Buffer.from(png, "base64"));
      return encodeURIComponent(file);
    };
    const content = notebookHtml(notebook, target, "", picture);
    const body = `<header><a href="index.html">All results</a> · ` +
      `<a href="#files">Files of this page</a></header><main>${content}` +
      `${filesHtml(notebook, [...beside.keys()], "files")}</main>`;
    for (const [file, bytes] of beside) files.set(file, bytes);
    const assets = linkedAssets([], ["plotly.js", "draw.js", "scroll_hints.js"]);
    files.set(fileOf(name), pageHtml({ title, body, footer }, assets));
  }
  const link = "explorer.html" in explorer ? EXPLORER_LINK : "";
  const body = `<main>${overview(notebooks, addressOf, target)}${link}</main>`;
  files.set("index.html", pageHtml({ title: INDEX_TITLE, body, footer }, linkedAssets([], [])));
  for (const [name, content] of files) await writeAtomically(join(folder, name), content);
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
    `<article id="${escapeHtml(name)}">${notebookHtml(notebook, target, `${name}-`)}` +
    `${filesHtml(notebook, [], `${name}-files`)}</article>`
  );
  const isOne = notebooks.length === 1;
  const title = isOne ? summaryOf(notebooks[0].name, notebooks[0].notebook).title : INDEX_TITLE;
  const first = isOne ? "" : overview(notebooks, addressOf, target);
  const body = `<main>${first}${articles.join("\n")}</main>`;
  const footer = escapeHtml(remark);
  await writeAtomically(file, pageHtml({ title, body, footer }, await inlineAssets()));
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
  addressOf: (name: string, fragment?: string) => string,
): LinkTarget {
  const names = new Set(notebooks.map(({ name }) => name));
  return (href) => {
    if (/^(https?:|mailto:|#)/.test(href)) return href;
    const [, name, fragment] = /^(?:\.\/)?([^/]+)\.ipynb(#.*)?$/.exec(decoded(href)) ?? [];
    return name !== undefined && names.has(name) ? addressOf(name, fragment) : null;
  };
}

/** Undoes the encoding of an address, which Markdown's reader has made; an address without one stays. */
function decoded(href: string): string {
  try {
    return decodeURI(href);
  } catch {
    return href;
  }
}
