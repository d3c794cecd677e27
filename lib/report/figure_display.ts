import { UserError } from "../user_error.ts";
import { type Displayable, displayable } from "./display.ts";
import type { AnyTrace, Figure } from "./figure.ts";
import { FIGURE_CONFIG, figureHtml } from "./figure_html.ts";
import { renderPng } from "./static_picture.ts";

/** Pixels; the width is that of a notebook's column. */
const PICTURE_WIDTH = 900;

/**
 * A figure that a notebook shows: Plotly's own form for viewers that have Plotly, HTML for those
 * that run scripts, a picture for those that do not. Without Chromium there is no picture.
 */
export function figureDisplay(figure: Figure<AnyTrace>): Displayable {
  return displayable(async () => {
    const picture = await pictureOf(figure);
    return {
      "application/vnd.plotly.v1+json": { ...figure, config: FIGURE_CONFIG },
      "text/html": await figureHtml(figure, picture),
      ...(picture ? { "image/png": picture.toBase64() } : {}),
      "text/plain": `[figure: ${figure.layout.title.text}]`,
    };
  });
}

/** A browser that fails costs the picture, not the figure. */
async function pictureOf(figure: Figure<AnyTrace>): Promise<Uint8Array | null> {
  try {
    return await renderPng(figure, { width: PICTURE_WIDTH, height: figure.layout.height });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.warn(`no static picture of "${figure.layout.title.text}": ${error.message}`);
    return null;
  }
}
