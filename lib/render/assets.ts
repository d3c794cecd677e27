import { createHash } from "node:crypto";
import { plotlySource } from "../report/plotly_source.ts";
import draw from "./draw.js" with { type: "text" };
import style from "./page.css" with { type: "text" };

/** How a page gets its style sheet and its scripts. */
export interface Assets {
  /** Where its scripts may come from, for the content security policy. */
  readonly scriptSources: string;
  readonly styles: string;
  readonly scripts: string;
}

/** The files that pages of one folder share; Plotly is in it once. */
export async function sharedFiles(): Promise<Readonly<Record<string, string>>> {
  return { "page.css": style, "plotly.js": await plotlySource(), "draw.js": draw };
}

export const linkedAssets: Assets = {
  scriptSources: "'self' file:",
  styles: `<link rel="stylesheet" href="page.css">`,
  scripts: `<script src="plotly.js"></script><script src="draw.js"></script>`,
};

/** Style sheet and scripts inside the page, which then needs no other file. */
export async function inlineAssets(): Promise<Assets> {
  const scripts = [await plotlySource(), draw]
    .map((source) => source.replaceAll("</script", "<\\/script"));
  return {
    scriptSources: scripts.map((source) => `'sha256-${digest(source)}'`).join(" "),
    styles: `<style>${style}</style>`,
    scripts: scripts.map((source) => `<script>${source}</script>`).join(""),
  };
}

function digest(source: string): string {
  return createHash("sha256").update(source).digest("base64");
}
