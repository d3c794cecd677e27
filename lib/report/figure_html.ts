import { gzipSync } from "node:zlib";
import { escapeHtml } from "./escape_html.ts";
import type { AnyTrace, Figure } from "./figure.ts";
import { jsonForScript } from "./json_for_script.ts";
import { plotlySource } from "./plotly_source.ts";

/** Plotly's settings of a figure in a page. */
export const FIGURE_CONFIG = { responsive: true, displaylogo: false };

/**
 * A figure as HTML that works offline, alone on a page or beside others, in any order.
 *
 * Each figure carries Plotly, compressed to 0.6 MB, but a page unpacks and runs it once. Were it in
 * the first figure of a session only, a cell that is run again, moved or copied would lose it. Where
 * no script runs (untrusted notebooks, code-hosting sites) the picture stands for the figure.
 *
 * @param picture the figure as a PNG, or `null`, which leaves a line of text where no script runs
 */
export async function figureHtml(
  figure: Figure<AnyTrace>,
  picture: Uint8Array | null,
): Promise<string> {
  const title = escapeHtml(figure.layout.title.text);
  const still = picture
    ? `<img alt="${title}" src="data:image/png;base64,${picture.toBase64()}" ` +
      `style="width:900px;max-width:100%;height:auto">`
    : `<p>${title} (a figure that needs JavaScript)</p>`;
  return `<div class="bss-figure"><script type="application/json">` +
    `${
      jsonForScript({ data: figure.data, layout: figure.layout, config: FIGURE_CONFIG })
    }</script>` +
    `<div class="bss-still">${still}</div></div>` +
    `<script type="text/plain" class="bss-plotly">${await packedPlotly()}</script>` +
    `<script>${DRAW}</script>`;
}

let packed: string | undefined;

/** Plotly's script, compressed, in base 64. It is the same text each time. */
async function packedPlotly(): Promise<string> {
  return packed ??= gzipSync(await plotlySource(), { level: 9 }).toString("base64");
}

/** Runs in the page: draws the figures that are not drawn yet, and leaves the still if it cannot. */
const DRAW = `(() => {
  const load = async () => {
    const text = document.querySelector("script.bss-plotly").textContent;
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const module = { exports: {} };
    new Function("module", await new Response(stream).text())(module);
    return module.exports;
  };
  const plotly = window.bssPlotly ??= load();
  for (const figure of document.querySelectorAll(".bss-figure:not([data-drawn])")) {
    figure.dataset.drawn = "";
    const plot = document.createElement("div");
    const { data, layout, config } = JSON.parse(figure.querySelector("script").textContent);
    plotly.then((Plotly) => {
      figure.querySelector(".bss-still").replaceWith(plot);
      return Plotly.newPlot(plot, data, layout, config);
    }).catch((error) => console.warn("This figure stays a still picture:", error));
  }
})();`;
