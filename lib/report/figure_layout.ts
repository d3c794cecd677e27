import type { Axis, Layout } from "./figure.ts";

/**
 * Makes the layout that all figures share. Its background is white in dark notebooks too, because
 * the methods' colours are made for white. The legend is at the bottom, in as many rows as it
 * needs, so that the figure can use the whole width of a narrow page.
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
