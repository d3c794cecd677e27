import type { Axis, Layout } from "./figure.ts";

/**
 * A layout that is the same in every figure but for its title and its axes. Its ground is white in
 * dark notebooks too: the colours of the methods are made for it.
 */
export function figureLayout(title: string, xaxis: Axis, yaxis: Axis): Layout {
  const common = { gridcolor: "#e5e5e5", linecolor: "#333333", zeroline: false, automargin: true };
  return {
    title: { text: title },
    xaxis: { ...common, ...xaxis },
    yaxis: { ...common, ...yaxis },
    font: { size: 14, color: "#222222" },
    paper_bgcolor: "#ffffff",
    plot_bgcolor: "#ffffff",
    height: 450,
    margin: { l: 70, r: 30, t: 60, b: 60 },
  };
}
