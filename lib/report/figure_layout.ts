import type { Axis, Layout } from "./figure.ts";

/**
 * A layout that is the same in every figure but for its title and its axes. Its ground is white in
 * dark notebooks too: the colours of the methods are made for it. The legend is at the bottom, in as
 * many rows as it takes, so that the figure has the whole width of a narrow page too.
 */
export function figureLayout(title: string, xaxis: Axis, yaxis: Axis): Layout {
  const common = { gridcolor: "#e5e5e5", linecolor: "#333333", zeroline: false, automargin: true };
  return {
    title: {
      text: title,
      x: 0.02,
      xanchor: "left",
      y: 1,
      yref: "container",
      yanchor: "top",
      pad: { t: 28 },
    },
    xaxis: { ...common, ...xaxis },
    yaxis: { ...common, ...yaxis },
    font: { size: 14, color: "#222222" },
    paper_bgcolor: "#ffffff",
    plot_bgcolor: "#ffffff",
    height: 450,
    legend: { orientation: "h", x: 0, xanchor: "left", y: 0, yref: "container", yanchor: "bottom" },
    margin: { l: 70, r: 30, t: 60, b: 60 },
  };
}
