import { stripVTControlCharacters } from "node:util";
// @ts-types="@types/sanitize-html"
import sanitizeHtml from "sanitize-html";
import {
  type Cell,
  type DataOutput,
  type ErrorOutput,
  isInjected,
  type Notebook,
  type Output,
  PLOTLY_MIME,
} from "../notebook/notebook.ts";
import { declaresParameters } from "../notebook/parameters.ts";
import { escapeHtml, jsonForScript } from "../report/escape_html.ts";
import { type Anchor, type LinkTarget, markdownHtml } from "./markdown.ts";
import type { AnyTrace, Figure } from "../report/figure.ts";

/** Gives the address of a picture, which is a PNG in Base64. */
export type PictureAddress = (png: string) => string;

/**
 * Makes HTML for a notebook's text and outputs. Code is folded away. A list of contents follows the
 * first text, which is the title and the question.
 *
 * @param prefix of the ids of headings, which tells notebooks on one page apart
 * @param picture the address of a figure's picture, by default one that holds it
 */
export function notebookHtml(
  { cells }: Notebook,
  target: LinkTarget,
  prefix = "",
  picture: PictureAddress = (png) => `data:image/png;base64,${png}`,
): string {
  const contents = new Map<string, string>();
  const ids = new Set([`${prefix}files`]); // the page's own section
  const anchor = (level: number, title: string) => {
    const words = title.toLowerCase().replace(/[^\p{L}\d]+/gu, "-").replace(/^-|-$/g, "") ||
      "section";
    let id = `${prefix}${words}`;
    for (let again = 2; ids.has(id); again++) id = `${prefix}${words}-${again}`;
    ids.add(id);
    if (level === 2) contents.set(id, title);
    return id;
  };
  const [first = "", ...rest] = cells.map((cell) => cellHtml(cell, target, picture, anchor));
  return [first, contentsHtml(prefix, contents), ...rest].join("\n");
}

/** @param contents the titles by their ids */
function contentsHtml(prefix: string, contents: ReadonlyMap<string, string>): string {
  if (contents.size === 0) return "";
  const items = [...contents].map(([id, title]) =>
    `<li><a href="#${escapeHtml(id)}">${escapeHtml(title)}</a></li>`
  );
  return `<nav class="contents" aria-label="${escapeHtml(`${prefix}contents`)}"><ul>${
    items.join("")
  }</ul></nav>`;
}

function cellHtml(
  cell: Cell,
  target: LinkTarget,
  picture: PictureAddress,
  anchor: Anchor,
): string {
  if (cell.cell_type === "markdown") {
    return `<div class="text">${markdownHtml(cell.source, target, anchor)}</div>`;
  }
  if (cell.cell_type === "raw") return `<pre>${escapeHtml(cell.source)}</pre>`;
  return codeHtml(cell) +
    (cell.outputs ?? []).map((output) => outputHtml(output, target, picture)).join("\n");
}

function codeHtml(cell: Cell): string {
  if (cell.source.trim() === "") return "";
  const [label, open] = isInjected(cell)
    ? ["Parameters of this rendering, which replace those above", " open"]
    : [declaresParameters(cell) ? "Parameters" : "Code", ""];
  return `<details${open}><summary>${label}</summary>` +
    `<pre tabindex="0"><code>${escapeHtml(cell.source)}</code></pre></details>`;
}

/** The styles of tables and pictures. None of them moves text out of its output, or loads a file. */
const STYLES = [
  ...["border-bottom", "border-collapse", "caption-side", "color", "display", "font-size"],
  ...["font-variant-numeric", "font-weight", "gap", "grid-template-columns", "height"],
  ...["image-rendering", "line-height", "margin", "outline", "padding"],
  ...["text-align", "white-space", "width"],
];
const VALUE = /^(?!.*(url|calc|-[\s\d.]))[\w\s.,%#()-]*$/i;

/**
 * Keeps the text, tables and pictures of a cell's HTML. Removes what runs, loads, or leaves the
 * page by itself, and what has a name of the page's own. Redirects links. Closes each element.
 */
function sanitiseHtml(html: string, target: LinkTarget): string {
  return sanitizeHtml(html, {
    allowedTags: [...sanitizeHtml.defaults.allowedTags, "caption", "img"],
    allowedAttributes: {
      "*": ["style", "title"],
      a: ["href"],
      img: ["src", "alt"],
      td: ["colspan", "rowspan"],
      th: ["colspan", "rowspan", "scope"],
    },
    allowedSchemes: ["http", "https", "mailto"],
    allowedSchemesByTag: { img: ["data"] },
    allowProtocolRelative: false,
    transformTags: {
      a: (tagName, { href, ...attribs }) => {
        const to = target(href ?? "");
        return { tagName, attribs: to === null ? attribs : { ...attribs, href: to } };
      },
      // A relative address has no scheme, and would load a file beside the page.
      img: (tagName, { src, ...attribs }) => ({
        tagName,
        attribs: src?.startsWith("data:") ? { ...attribs, src } : attribs,
      }),
    },
    allowedStyles: { "*": Object.fromEntries(STYLES.map((name) => [name, [VALUE]])) },
  });
}

/** Makes HTML for an output, from its richest form. */
function outputHtml(output: Output, target: LinkTarget, picture: PictureAddress): string {
  if (output.output_type === "stream") return textHtml(output.text, output.name);
  if (output.output_type === "error") return errorHtml(output);
  return dataHtml(output, target, picture);
}

function dataHtml({ data }: DataOutput, target: LinkTarget, picture: PictureAddress): string {
  if (PLOTLY_MIME in data) return figureElement(data, picture);
  const html = data["text/html"];
  if (html !== undefined) {
    return `<div class="output" tabindex="0">${sanitiseHtml(String(html), target)}</div>`;
  }
  const markdown = data["text/markdown"];
  if (markdown !== undefined) {
    return `<div class="output" tabindex="0">${markdownHtml(String(markdown), target)}</div>`;
  }
  const image = pictureHtml(data, picture);
  if (image !== null) return `<div class="output">${image}</div>`;
  const text = data["text/plain"] ?? `[an output that this page cannot show: ${Object.keys(data)}]`;
  return textHtml(String(text), "result");
}

/** Makes the image of an output that has a picture. The output's text describes it. */
function pictureHtml(data: DataOutput["data"], picture: PictureAddress): string | null {
  const png = data["image/png"];
  if (png === undefined) return null;
  return `<img alt="${escapeHtml(String(data["text/plain"] ?? ""))}" ` +
    `src="${escapeHtml(picture(String(png).trim()))}">`;
}

function errorHtml({ ename, evalue, traceback }: ErrorOutput): string {
  // A message to the user is enough; a stack trace would not help a reader.
  const trace = ename === "UserError" ? "" : textHtml(traceback.join("\n"), "traceback");
  return `<div class="error" role="alert"><strong>This cell stopped.</strong> ` +
    `${escapeHtml(`${ename}: ${evalue}`)}${trace}</div>`;
}

function textHtml(text: string, kind: string): string {
  const plain = stripVTControlCharacters(text).trimEnd();
  return plain && `<pre class="${kind}" tabindex="0">${escapeHtml(plain)}</pre>`;
}

/**
 * Makes a figure for `draw.js`, which replaces the picture with Plotly's drawing. The title is text
 * above the figure, so that it breaks into lines on a narrow screen. The output's text describes it
 * to readers who cannot see it.
 */
function figureElement(data: DataOutput["data"], picture: PictureAddress): string {
  const figure = data[PLOTLY_MIME];
  const title = escapeHtml(plainText((figure as Figure<AnyTrace>).layout?.title?.text ?? ""));
  const still = pictureHtml(data, picture) ??
    `<p>[a figure, which JavaScript and the files beside this page draw]</p>`;
  return `<figure class="figure"><figcaption>${title}</figcaption>` +
    `<script type="application/json">${jsonForScript(figure)}</script>` +
    `<div class="still">${still}</div></figure>`;
}

/** Replaces Plotly's entities with characters. */
function plainText(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&amp;", "&");
}
