import type { AnyTrace, Figure } from "./figure.ts";
import { findChromium } from "./find_chromium.ts";
import { FIT_LAYOUT } from "./fit_layout.ts";
import { jsonForScript } from "./json_for_script.ts";
import { browserError, openInChromium } from "./open_in_chromium.ts";
import { plotlySource } from "./plotly_source.ts";
import { plotlyForm } from "./plotly_text.ts";

/** Pixels of the picture for one of the page, so that it is sharp on dense screens and in print. */
const SCALE = 2;

/**
 * Draws a figure in headless Chromium.
 *
 * @param size in pixels of a page; the picture has twice as many each way
 * @returns the bytes of a PNG, or `null` when there is no Chromium
 * @throws UserError when Chromium fails
 */
export async function renderPng(
  figure: Figure<AnyTrace>,
  { width, height }: { readonly width: number; readonly height: number },
): Promise<Uint8Array | null> {
  const executable = await findChromium();
  if (executable === null) return null;
  const { screenshot, stderr } = await openInChromium(
    executable,
    await pictureHtml(figure, width, height),
    [
      "--screenshot",
      `--window-size=${width},${height}`,
      `--force-device-scale-factor=${SCALE}`,
      "--hide-scrollbars",
    ],
  );
  if (screenshot) return screenshot;
  throw browserError(executable, stderr);
}

async function pictureHtml(
  figure: Figure<AnyTrace>,
  width: number,
  height: number,
): Promise<string> {
  const { data, layout } = plotlyForm(figure);
  const drawn = jsonForScript({ data, layout, config: { staticPlot: true } });
  return `<!doctype html><meta charset="utf-8"><body style="margin:0"><div id="figure"></div>` +
    `<script>${await plotlySource()}</script><script>{` +
    `const { data, layout, config } = ${drawn};` +
    `const fitted = (${FIT_LAYOUT})(layout, ${width});` +
    `Plotly.newPlot("figure", data, { ...fitted, width: ${width}, height: ${height} }, config);` +
    `}</script>`;
}
