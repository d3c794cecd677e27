import { drawFigure, fitLayout } from "./draw_figure.js";
import { escapeHtml, jsonForScript } from "./escape_html.ts";
import { type AnyTrace, type Figure, plotlyForm } from "./figure.ts";
import { pack, unpack } from "./packed.js";

/** The source of the function `drawFigure`, for a script of a page. */
export const DRAW_FIGURE = `${fitLayout}\n${drawFigure}`;

/** Plotly's settings for a figure in a page. */
export const FIGURE_CONFIG = { responsive: true, displaylogo: false };

/**
 * Makes HTML for a figure that works offline, alone on a page or beside others, in any order.
 *
 * Each figure carries Plotly, compressed to 0.6 MB, but a page unpacks and runs it once. If only
 * the first figure of a session carried it, a cell that is run again, moved or copied would lose
 * it. Where no script runs (untrusted notebooks, code-hosting sites), the picture is shown.
 *
 * @param picture the figure as a PNG, or `null` for a line of text in its place
 */
export async function figureHtml(
  figure: Figure<AnyTrace>,
  picture: Uint8Array | null,
): Promise<string> {
  const still = picture
    ? `<img alt="${
      escapeHtml(figureText(figure))
    }" src="data:image/png;base64,${picture.toBase64()}" ` +
      `style="width:900px;max-width:100%;height:auto">`
    : needsScript(escapeHtml(figure.layout.title.text));
  return drawing(figure, still) +
    `<script type="text/plain" class="bss-plotly">${await packedPlotly()}</script>` +
    `<script>${DRAW}</script>`;
}

/**
 * Makes small HTML for a figure in a page that already holds one of {@linkcode figureHtml}. It
 * keeps its height while it is redrawn, so that the page below does not jump.
 */
export function redrawnFigureHtml(figure: Figure<AnyTrace>): string {
  const { title, height } = figure.layout;
  return `<div style="min-height:${height}px">` +
    `${drawing(figure, needsScript(escapeHtml(title.text)))}</div><script>${DRAW}</script>`;
}

/** Describes a figure in a line, for readers who cannot see it. */
export function figureText({ data, layout: { title, xaxis, yaxis } }: Figure<AnyTrace>): string {
  const axes = [yaxis, xaxis].map((axis) => axis.title.text).filter((text) => text !== "");
  const names = data.flatMap((trace) =>
    trace.type !== "heatmap" && trace.name && trace.showlegend !== false ? [trace.name] : []
  );
  return `${title.text}. ${axes.join(" over ")}: ${[...new Set(names)].join("; ")}`;
}

function drawing(figure: Figure<AnyTrace>, still: string): string {
  return `<div class="bss-figure"><script type="application/json">` +
    `${jsonForScript({ ...plotlyForm(figure), config: FIGURE_CONFIG })}</script>` +
    `<div class="bss-still">${still}</div></div>`;
}

function needsScript(title: string): string {
  return `<p>${title} (a figure that needs JavaScript)</p>`;
}

let packed: string | undefined;

/** Packs Plotly's script once. */
export async function packedPlotly(): Promise<string> {
  return packed ??= pack(await plotlySource());
}

/**
 * A script that runs in the page and draws the figures that are not drawn yet. If Plotly does not
 * load, or fails, the still picture stays. The script also frees figures that an updated display has removed
 * from the page.
 */
const DRAW = `(() => {
  ${unpack}
  const load = async () => {
    const bytes = await unpack(document.querySelector("script.bss-plotly").textContent);
    const module = { exports: {} };
    new Function("module", new TextDecoder().decode(bytes))(module);
    return module.exports;
  };
  ${DRAW_FIGURE}
  const plotly = window.bssPlotly ??= load();
  plotly.catch(() => window.bssPlotly = undefined); // so that the next figure tries again
  const plots = window.bssPlots ??= new Set();
  for (const figure of document.querySelectorAll(".bss-figure:not([data-drawn])")) {
    figure.dataset.drawn = "";
    const plot = document.createElement("div");
    const drawn = JSON.parse(figure.querySelector("script").textContent);
    plotly.then((Plotly) => {
      for (const old of plots) {
        if (!old.isConnected) {
          Plotly.purge(old);
          plots.delete(old);
        }
      }
      const text = figure.querySelector("img")?.alt;
      const still = figure.querySelector(".bss-still");
      still.replaceWith(plot);
      plots.add(plot);
      return drawFigure(Plotly, plot, drawn, figure.clientWidth, text).catch((error) => {
        plot.replaceWith(still);
        throw error;
      });
    }).catch((error) => console.warn("This figure stays a still picture:", error));
  }
})();`;

/**
 * Loads the text of Plotly's script (1.5 MB), which only a browser can run. The import is dynamic,
 * so that commands without figures do not load it.
 */
export async function plotlySource(): Promise<string> {
  const { default: source } = await import("plotly.js/plotly-cartesian.min.js", {
    with: { type: "text" },
  });
  return source;
}
