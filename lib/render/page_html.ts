import { sha256 } from "../files/sha256.ts";
import { escapeHtml } from "../report/escape_html.ts";
import { DRAW_FIGURE, packedPlotly } from "../report/figure_html.ts";
import { runPacked, unpack } from "../report/packed.js";
import drawAll from "./draw.js" with { type: "text" };
import scrollHints from "./scroll_hints.js" with { type: "text" };
import style from "./page.css" with { type: "text" };

/** The script that draws the figures of a page. */
const draw = `${unpack}\n${runPacked}\n${DRAW_FIGURE}\n${drawAll}`;

/** Makes the script that holds Plotly, packed. */
async function plotly(): Promise<string> {
  return `globalThis.packedPlotly = "${await packedPlotly()}";\n`;
}

export interface Page {
  /** Plain text. */
  readonly title: string;
  /** HTML. */
  readonly body: string;
  /** HTML. */
  readonly footer: string;
}

/**
 * Makes a whole page. Its content security policy allows only its own style sheet, scripts and
 * pictures. The page loads nothing from a network, and runs no script from a cell's output, not
 * even one that names a file beside the page.
 */
export function pageHtml({ title, body, footer }: Page, assets: Assets): string {
  // The nonce is the hash of the body, so the body cannot contain it.
  const nonce = sha256(body);
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    "style-src 'self' file: 'unsafe-inline'",
    "img-src 'self' file: data: blob:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
${assets.styles}
</head>
<body>
${body}
<footer>${footer}</footer>
${assets.scripts(nonce)}
</body>
</html>
`;
}

/** HTML that gives a page its style sheet and its scripts. */
interface Assets {
  readonly styles: string;
  /** @param nonce the word that the page's content security policy allows scripts by */
  scripts(nonce: string): string;
}

/** Collects the files that the pages of a folder share, among them Plotly. */
export async function sharedFiles(): Promise<Readonly<Record<string, string>>> {
  return {
    "page.css": style,
    "plotly.js": await plotly(),
    "draw.js": draw,
    "scroll_hints.js": scrollHints,
  };
}

/** Links files beside the page: style sheets after the pages' own, and scripts. */
export function linkedAssets(styles: readonly string[], scripts: readonly string[]): Assets {
  return {
    styles: ["page.css", ...styles]
      .map((file) => `<link rel="stylesheet" href="${file}">`).join(""),
    scripts: (nonce) =>
      scripts.map((file) => `<script nonce="${nonce}" src="${file}"></script>`).join(""),
  };
}

/** Puts style sheet and scripts into the page, which then needs no other file. */
export async function inlineAssets(): Promise<Assets> {
  const sources = [await plotly(), draw, scrollHints]
    .map((source) => source.replaceAll("</script", "<\\/script"));
  return {
    styles: `<style>${style}</style>`,
    scripts: (nonce) =>
      sources.map((source) => `<script nonce="${nonce}">${source}</script>`).join(""),
  };
}
