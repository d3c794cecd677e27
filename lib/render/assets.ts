import { plotlySource } from "../report/plotly_source.ts";
import draw from "./draw.js" with { type: "text" };
import style from "./page.css" with { type: "text" };

/** How a page gets its style sheet and its scripts. */
export interface Assets {
  readonly styles: string;
  /** @param nonce the word by which the page's content security policy knows its own scripts */
  scripts(nonce: string): string;
}

/** The files that pages of one folder share; Plotly is in it once. */
export async function sharedFiles(): Promise<Readonly<Record<string, string>>> {
  return { "page.css": style, "plotly.js": await plotlySource(), "draw.js": draw };
}

export const linkedAssets: Assets = {
  styles: `<link rel="stylesheet" href="page.css">`,
  scripts: (nonce) =>
    ["plotly.js", "draw.js"].map((file) => `<script nonce="${nonce}" src="${file}"></script>`).join(
      "",
    ),
};

/** Style sheet and scripts inside the page, which then needs no other file. */
export async function inlineAssets(): Promise<Assets> {
  const sources = [await plotlySource(), draw]
    .map((source) => source.replaceAll("</script", "<\\/script"));
  return {
    styles: `<style>${style}</style>`,
    scripts: (nonce) =>
      sources.map((source) => `<script nonce="${nonce}">${source}</script>`).join(""),
  };
}
