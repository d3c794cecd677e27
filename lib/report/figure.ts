import type { Axis, Layout } from "./figure_layout.ts";

/**
 * A Plotly figure as data. These types cover the part of Plotly's schema that is used here:
 * https://plotly.com/javascript/reference/
 */
export interface Figure<T extends AnyTrace = Trace> {
  readonly data: readonly T[];
  readonly layout: Layout;
}

export type AnyTrace = Trace | HeatmapTrace;

/** Points, with or without a line and error bars. */
export interface Trace {
  readonly type: "scatter";
  readonly mode: "lines" | "markers" | "lines+markers";
  readonly name: string;
  readonly x: readonly number[];
  /** `null` leaves a gap. */
  readonly y: readonly (number | null)[];
  /** One for each point, for the hover template. */
  readonly customdata?: readonly (string | number)[];
  /** One for each point, for the hover template, whose own formats write hyphens as minus signs. */
  readonly text?: readonly string[];
  readonly line?: { readonly color: string; readonly width: number; readonly dash: string };
  readonly marker?: {
    readonly color: string;
    readonly size: number;
    readonly symbol: string;
    readonly opacity?: number;
    readonly line?: { readonly color: string; readonly width: number };
  };
  /** Fills the area inside the line. */
  readonly fill?: "toself";
  readonly fillcolor?: string;
  readonly hoverinfo?: "skip";
  readonly error_x?: ErrorBars;
  readonly error_y?: ErrorBars;
  /** True (the default) cuts off what reaches beyond the axes. */
  readonly cliponaxis?: boolean;
  /** Traces of one group are shown and hidden together. */
  readonly legendgroup?: string;
  readonly showlegend?: boolean;
  /** Plotly's template; "<extra></extra>" at its end removes the box with the name. */
  readonly hovertemplate?: string;
}

/** Lengths of error bars; `null` where a point has none. */
export interface ErrorBars {
  readonly type: "data";
  /** Length to both sides; with `arrayminus`, to the right or upwards. */
  readonly array: readonly (number | null)[];
  /** Length to the left or downwards. */
  readonly arrayminus?: readonly (number | null)[];
  readonly symmetric?: false;
  readonly color: string;
  readonly thickness: number;
  /** Width of the bar's ends in pixels. */
  readonly width: number;
}

/** A rectangle of coloured cells. */
export interface HeatmapTrace {
  readonly type: "heatmap";
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** One row for each of `y`. */
  readonly z: readonly (readonly number[])[] | PackedNumbers;
  readonly zmin: number;
  readonly zmax: number;
  /** Colours by position: 0 is `zmin`, 1 is `zmax`. */
  readonly colorscale: readonly (readonly [position: number, color: string])[];
  readonly showscale: boolean;
  readonly hoverinfo: "skip";
}

/** Plotly's form of an array of bytes, which takes a tenth of the place of its numbers. */
interface PackedNumbers {
  readonly dtype: "u1";
  /** Base64 */
  readonly bdata: string;
  /** "rows, columns" */
  readonly shape: string;
}

/** Escapes text, because Plotly reads tags and entities as markup. */
function plotlyText(text: string | number): string {
  return String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/** Escapes text for a hover template, where "%{" starts a variable. */
export function hoverText(text: string): string {
  return plotlyText(text).replaceAll("%{", "%&#123;");
}

/**
 * Escapes a figure's titles, ticks and names for Plotly, and packs heatmaps of bytes. Hover
 * templates hold markup; their authors escape names with {@linkcode hoverText}.
 */
export function plotlyForm<T extends AnyTrace>({ data, layout }: Figure<T>): Figure<T> {
  const { title, xaxis, yaxis } = layout;
  return {
    data: data.map((trace) =>
      trace.type === "heatmap"
        ? packed(trace)
        : trace.name === undefined
        ? trace
        : { ...trace, name: plotlyText(trace.name) }
    ) as T[],
    layout: {
      ...layout,
      title: { ...title, text: plotlyText(title.text) },
      xaxis: axisForm(xaxis),
      yaxis: axisForm(yaxis),
    },
  };
}

function packed(trace: HeatmapTrace): HeatmapTrace {
  const { z } = trace;
  if (!isMatrix(z)) return trace;
  const values = z.flat();
  const bytes = Uint8Array.from(values);
  if (bytes.some((byte, i) => byte !== values[i])) return trace;
  return {
    ...trace,
    z: { dtype: "u1", bdata: bytes.toBase64(), shape: `${z.length}, ${z[0].length}` },
  };
}

function isMatrix(z: HeatmapTrace["z"]): z is readonly (readonly number[])[] {
  return Array.isArray(z) && z.length > 0 && z.every((row) => row.length === z[0].length);
}

function axisForm(axis: Axis): Axis {
  const title = { ...axis.title, text: plotlyText(axis.title.text) };
  return axis.ticktext
    ? { ...axis, title, ticktext: axis.ticktext.map(plotlyText) }
    : { ...axis, title };
}
