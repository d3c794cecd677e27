/**
 * A Plotly figure is data. These are the parts of Plotly's schema that are used here:
 * https://plotly.com/javascript/reference/
 */
export interface Figure<T extends AnyTrace = Trace> {
  readonly data: readonly T[];
  readonly layout: Layout;
}

/** What a figure may be made of. */
export type AnyTrace = Trace | HeatmapTrace;

/** Points, joined or not, with error bars or without. */
export interface Trace {
  readonly type: "scatter";
  readonly mode: "lines" | "markers" | "lines+markers";
  readonly name: string;
  readonly x: readonly number[];
  /** `null` leaves a gap. */
  readonly y: readonly (number | null)[];
  /** One a point, for the template of the hover text. */
  readonly customdata?: readonly (string | number)[];
  readonly line?: { readonly color: string; readonly width: number; readonly dash: string };
  readonly marker?: {
    readonly color: string;
    readonly size: number;
    readonly symbol: string;
    readonly opacity?: number;
    readonly line?: { readonly color: string; readonly width: number };
  };
  readonly error_x?: ErrorBars;
  readonly error_y?: ErrorBars;
  /** Whether points that lie on an axis are cut in half; true if left out. */
  readonly cliponaxis?: boolean;
  /** Traces of one group are shown and hidden together. */
  readonly legendgroup?: string;
  readonly showlegend?: boolean;
  /** Plotly's template; "<extra></extra>" at its end takes away the box with the name. */
  readonly hovertemplate?: string;
}

/** How far bars reach from their points; `null` where a point has none. */
export interface ErrorBars {
  readonly type: "data";
  /** To both sides; with `arrayminus`, to the right or upwards. */
  readonly array: readonly (number | null)[];
  /** To the left or downwards. */
  readonly arrayminus?: readonly (number | null)[];
  readonly symmetric?: false;
  readonly color: string;
  readonly thickness: number;
  /** Of the bar's ends, in pixels. */
  readonly width: number;
}

/** A rectangle of coloured cells. */
export interface HeatmapTrace {
  readonly type: "heatmap";
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** One row for each of `y`. */
  readonly z: readonly (readonly number[])[];
  readonly zmin: number;
  readonly zmax: number;
  /** Colours from `zmin`, 0, to `zmax`, 1. */
  readonly colorscale: readonly (readonly [position: number, color: string])[];
  readonly showscale: boolean;
  readonly hoverinfo: "skip";
}

export interface Axis {
  /** Names the quantity and its unit. */
  readonly title: { readonly text: string };
  readonly type?: "log";
  readonly range?: readonly [low: number, high: number];
  /** Distance between two ticks. */
  readonly dtick?: number;
  readonly tickvals?: readonly number[];
  readonly ticktext?: readonly string[];
  /** What becomes of tick labels that reach beyond the figure. */
  readonly ticklabeloverflow?: "allow";
  readonly gridcolor?: string;
  readonly linecolor?: string;
  readonly zeroline?: boolean;
  readonly zerolinecolor?: string;
  readonly zerolinewidth?: number;
  readonly automargin?: boolean;
  readonly showgrid?: boolean;
  /** A unit of this axis is as long as one of the other. */
  readonly scaleanchor?: "x" | "y";
  /** What gives way for that: the axis, not its range. */
  readonly constrain?: "domain";
}

export interface Layout {
  readonly title: {
    readonly text: string;
    /** Where it stands in the figure, in shares of its width and height, and pixels from there. */
    readonly x: number;
    readonly xanchor: "left";
    readonly y: number;
    readonly yref: "container";
    readonly yanchor: "top";
    readonly pad: { readonly t: number };
  };
  readonly xaxis: Axis;
  readonly yaxis: Axis;
  readonly showlegend?: boolean;
  readonly legend: {
    readonly orientation: "h";
    /** In shares of the plotting area's width. */
    readonly x: number;
    readonly xanchor: "left";
    /** In shares of the figure's height: the plotting area gives way to it. */
    readonly y: number;
    readonly yref: "container";
    readonly yanchor: "bottom";
  };
  readonly font: { readonly size: number; readonly color: string };
  readonly paper_bgcolor: string;
  readonly plot_bgcolor: string;
  /** Pixels; the width is that of the page. */
  readonly height: number;
  readonly margin: Readonly<Record<"l" | "r" | "t" | "b", number>>;
}

/** Text that Plotly shows as it is: it would take tags and entities for markup. */
function plotlyText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/** Text as it may stand in the template of a hover text, where "%{" would begin a variable. */
export function hoverText(text: string): string {
  return plotlyText(text).replaceAll("%{", "%&#123;");
}

/**
 * A figure as Plotly takes it: titles, ticks and names show as they are. Templates of hover texts hold
 * markup; whoever builds one puts names into it with {@linkcode hoverText}.
 */
export function plotlyForm<T extends AnyTrace>({ data, layout }: Figure<T>): Figure<T> {
  const { title, xaxis, yaxis } = layout;
  return {
    data: data.map((trace) =>
      trace.type === "scatter" ? { ...trace, name: plotlyText(trace.name) } : trace
    ),
    layout: {
      ...layout,
      title: { ...title, text: plotlyText(title.text) },
      xaxis: axisForm(xaxis),
      yaxis: axisForm(yaxis),
    },
  };
}

function axisForm(axis: Axis): Axis {
  const title = { text: plotlyText(axis.title.text) };
  return axis.ticktext
    ? { ...axis, title, ticktext: axis.ticktext.map(plotlyText) }
    : { ...axis, title };
}
