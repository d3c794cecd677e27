import { PLOTLY_MIME } from "../notebook/notebook.ts";
import { UserError } from "../user_error.ts";
import { type Displayable, displayable } from "./display.ts";
import { type AnyTrace, type Figure, plotlyForm } from "./figure.ts";
import { FIGURE_CONFIG, figureHtml, redrawnFigureHtml } from "./figure_html.ts";
import { renderPng } from "./static_picture.ts";

/** The width of a notebook's column in pixels. */
const PICTURE_WIDTH = 900;

/**
 * Makes a figure for a notebook: Plotly's own form for viewers that have Plotly, HTML for viewers
 * that run scripts, and a picture for all others. Without Chromium there is no picture.
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
 * Makes a figure that is redrawn often. It has no picture, which takes a second to make, and only
 * the first one carries Plotly.
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

/** Returns `null` if the browser fails: a figure without a picture is still useful. */
async function pictureOf(figure: Figure<AnyTrace>): Promise<Uint8Array | null> {
  try {
    return await renderPng(figure, { width: PICTURE_WIDTH, height: figure.layout.height });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.warn(`no static picture of "${figure.layout.title.text}": ${error.message}`);
    return null;
  }
}
