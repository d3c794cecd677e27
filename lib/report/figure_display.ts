import { PLOTLY_MIME } from "../notebook/notebook.ts";
import { asUserError } from "../as_user_error.ts";
import { UserError } from "../user_error.ts";
import { type Displayable, displayable, type MimeBundle } from "./display.ts";
import { escapeHtml } from "./escape_html.ts";
import { type AnyTrace, type Figure, plotlyForm } from "./figure.ts";
import { type Axis, figureLayout } from "./figure_layout.ts";
import { FIGURE_CONFIG, figureHtml, figureText, redrawnFigureHtml } from "./figure_html.ts";
import { renderPng } from "./static_picture.ts";

/** The width of a notebook's column in pixels. */
const PICTURE_WIDTH = 900;

/** A figure of this library, or a plain one of Plotly. */
export interface PlainFigure {
  readonly data: readonly object[];
  readonly layout?: object;
}

interface PlainLayout {
  readonly title?: string | object;
  readonly xaxis?: PlainAxis;
  readonly yaxis?: PlainAxis;
  readonly legend?: object;
  readonly margin?: object;
}

type PlainAxis = Omit<Axis, "title"> & { readonly title?: string | object };

/**
 * Makes a figure for a notebook: Plotly's own form for viewers that have Plotly, HTML for viewers
 * that run scripts, and a picture for all others. Without Chromium there is no picture. A figure
 * without data becomes a sentence.
 *
 * @param plain has the layout of our figures where it names none
 * @throws UserError if `data` is no list
 */
export function figureDisplay(plain: PlainFigure): Displayable {
  const figure = completed(plain);
  return displayable(async () => {
    if (isEmpty(figure)) return sentence(nothingToDraw(figure));
    const picture = await pictureOf(figure);
    return {
      [PLOTLY_MIME]: { ...plotlyForm(figure), config: FIGURE_CONFIG },
      "text/html": await figureHtml(figure, picture),
      ...(picture ? { "image/png": picture.toBase64() } : {}),
      "text/plain": `[figure: ${figureText(figure)}]`,
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
    "text/plain": `[figure: ${figureText(figure)}]`,
  }));
}

/** Adds what the other functions need, and the layout that our figures share. */
function completed({ data, layout = {} }: PlainFigure): Figure<AnyTrace> {
  if (!Array.isArray(data)) {
    throw new UserError("a figure needs its traces as a list: { data: [{ x, y, name }], layout }");
  }
  const withText = (title?: string | object) =>
    typeof title === "string" ? { text: title } : { text: "", ...title };
  const axis = (plain?: PlainAxis): Axis => ({
    ...plain,
    title: withText(plain?.title),
    ...(plain?.ticktext ? { ticktext: plain.ticktext.map(String) } : {}),
  });
  const { title, xaxis, yaxis, legend, margin, ...others } = layout as PlainLayout;
  const { text, ...place } = withText(title);
  const ours = figureLayout(text, axis(xaxis), axis(yaxis));
  return {
    data: data.map((trace) => ({ type: "scatter", ...trace })),
    layout: {
      ...ours,
      ...others,
      title: { ...ours.title, ...place },
      legend: { ...ours.legend, ...legend },
      margin: { ...ours.margin, ...margin },
    },
  };
}

/** True if a figure has nothing to draw. */
function isEmpty({ data }: Figure<AnyTrace>): boolean {
  return data.every((trace) => trace.type === "scatter" && trace.y?.every((y) => y === null));
}

function sentence(text: string): MimeBundle {
  return { "text/html": `<p>${escapeHtml(text)}</p>`, "text/plain": text };
}

/** Says what a figure lacks: results with the quantities of its axes. */
function nothingToDraw({ layout: { title, xaxis, yaxis } }: Figure<AnyTrace>): string {
  const quantities = [xaxis, yaxis].map((axis) => axis.title.text).filter((text) => text !== "");
  const lacking = quantities.length === 0
    ? "it has no data"
    : `no result here has a value for ${quantities.map((one) => `“${one}”`).join(" and ")}`;
  return `There is no figure ${title.text && `“${title.text}” `}yet: ${lacking}.`;
}

/** Returns `null` if the browser fails: a figure without a picture is still useful. */
async function pictureOf(figure: Figure<AnyTrace>): Promise<Uint8Array | null> {
  try {
    return await renderPng(figure, { width: PICTURE_WIDTH, height: figure.layout.height });
  } catch (error) {
    const told = asUserError(error);
    if (!(told instanceof UserError)) throw error;
    console.warn(`no static picture of "${figure.layout.title.text}": ${told.message}`);
    return null;
  }
}
