/** An axis of a figure. */
export interface Axis {
  /** The quantity and its unit. */
  readonly title: { readonly text: string };
  readonly type?: "log";
  readonly range?: readonly [low: number, high: number];
  /** Keeps zero within the range. */
  readonly rangemode?: "tozero";
  /** Distance between two ticks. */
  readonly dtick?: number;
  readonly tickvals?: readonly number[];
  readonly ticktext?: readonly string[];
  /** Keeps tick labels that reach beyond the figure. */
  readonly ticklabeloverflow?: "allow";
  readonly gridcolor?: string;
  readonly linecolor?: string;
  readonly zeroline?: boolean;
  readonly zerolinecolor?: string;
  readonly zerolinewidth?: number;
  readonly automargin?: boolean;
  readonly showgrid?: boolean;
  /** Makes a unit of this axis as long as a unit of that axis. */
  readonly scaleanchor?: "x" | "y";
  /** Lets `scaleanchor` shorten the axis instead of changing its range. */
  readonly constrain?: "domain";
}

/**
 * Makes the layout that all figures share. Its background is white in dark notebooks too, because
 * the methods' colours are made for white. The legend is at the bottom, in as many rows as it
 * needs, so that the figure can use the whole width of a narrow page.
 */
export function figureLayout(title: string, xaxis: Axis, yaxis: Axis) {
  const common = { gridcolor: "#e5e5e5", linecolor: "#333333", zeroline: false, automargin: true };
  return {
    // `x` and `y` are shares of the figure's width and height, `pad` is in pixels.
    title: {
      text: title,
      x: 0.02,
      xanchor: "left",
      y: 1,
      yref: "container",
      yanchor: "top",
      pad: { t: 28 },
    },
    xaxis: { ...common, ...xaxis } as Axis,
    yaxis: { ...common, ...yaxis } as Axis,
    font: { size: 14, color: "#222222" },
    paper_bgcolor: "#ffffff",
    plot_bgcolor: "#ffffff",
    // In pixels; the page sets the width.
    height: 450,
    // `y` is a share of the figure's height; the plotting area makes room for the legend.
    legend: { orientation: "h", x: 0, xanchor: "left", y: 0, yref: "container", yanchor: "bottom" },
    margin: { l: 70, r: 30, t: 60, b: 60 },
  };
}

/** The layout of a figure. */
export type Layout = ReturnType<typeof figureLayout> & { readonly showlegend?: boolean };
