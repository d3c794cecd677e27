/**
 * A Plotly figure is data. These are the parts of Plotly's schema that are used here:
 * https://plotly.com/javascript/reference/
 */
export interface Figure {
  readonly data: readonly Trace[];
  readonly layout: Layout;
}

/** Points, joined or not, with error bars or without. */
export interface Trace {
  readonly type: "scatter";
  readonly mode: "lines" | "markers" | "lines+markers";
  readonly name: string;
  readonly x: readonly number[];
  /** `null` leaves a gap. */
  readonly y: readonly (number | null)[];
  readonly line?: { readonly color: string; readonly width: number; readonly dash: string };
  readonly marker?: {
    readonly color: string;
    readonly size: number;
    readonly symbol: string;
    readonly opacity?: number;
  };
  readonly error_y?: {
    readonly type: "data";
    readonly array: readonly number[];
    readonly color: string;
    readonly thickness: number;
    readonly width: number;
  };
  /** Traces of one group are shown and hidden together. */
  readonly legendgroup?: string;
  readonly showlegend?: boolean;
  /** Plotly's template; "<extra></extra>" at its end takes away the box with the name. */
  readonly hovertemplate?: string;
}

export interface Axis {
  /** Names the quantity and its unit. */
  readonly title: { readonly text: string };
  readonly range?: readonly [low: number, high: number];
  /** Distance between two ticks. */
  readonly dtick?: number;
  readonly tickvals?: readonly number[];
  readonly ticktext?: readonly string[];
  readonly gridcolor?: string;
  readonly linecolor?: string;
  readonly zeroline?: boolean;
  readonly automargin?: boolean;
}

export interface Layout {
  readonly title: { readonly text: string };
  readonly xaxis: Axis;
  readonly yaxis: Axis;
  readonly showlegend?: boolean;
  readonly font: { readonly size: number; readonly color: string };
  readonly paper_bgcolor: string;
  readonly plot_bgcolor: string;
  /** Pixels; the width is that of the page. */
  readonly height: number;
  readonly margin: Readonly<Record<"l" | "r" | "t" | "b", number>>;
}
