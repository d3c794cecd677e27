import { PLOTLY_MIME } from "../notebook/notebook.ts";
import { UserError } from "../user_error.ts";
import { type Displayable, displayable } from "./display.ts";
import { type AnyTrace, type Figure, plotlyForm } from "./figure.ts";
import { FIGURE_CONFIG, figureHtml, redrawnFigureHtml } from "./figure_html.ts";
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
      [PLOTLY_MIME]: { ...plotlyForm(figure), config: FIGURE_CONFIG },
      "text/html": await figureHtml(figure, picture),
      ...(picture ? { "image/png": picture.toBase64() } : {}),
      "text/plain": figureText(figure),
    };
  });
}

/**
 * A figure that is redrawn often: without the picture, which takes a second to make, and without
 * Plotly unless the page has none yet.
 */
export function redrawnFigureDisplay(figure: Figure<AnyTrace>, isFirst: boolean): Displayable {
  return displayable(async () => ({
    [PLOTLY_MIME]: { ...plotlyForm(figure), config: FIGURE_CONFIG },
    "text/html": isFirst ? await figureHtml(figure, null) : redrawnFigureHtml(figure),
    "text/plain": figureText(figure),
  }));
}

function figureText({ layout }: Figure<AnyTrace>): string {
  return `[figure: ${layout.title.text}]`;
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
