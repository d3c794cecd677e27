import type { MethodStyle } from "./colours.ts";
import type { Trace } from "./figure.ts";

/** The points of single seeds: small and faint beside the mean of all, since that of a few says little. */
export function seedPoints(
  method: string,
  { colour }: Pick<MethodStyle, "colour">,
  { x, y, hovertemplate }: Pick<Trace, "x" | "y" | "hovertemplate">,
): Trace {
  return {
    type: "scatter",
    mode: "markers",
    name: `${method}, each seed`,
    legendgroup: method,
    showlegend: false,
    x,
    y,
    marker: { color: colour, size: 6, symbol: "circle", opacity: 0.6 },
    hovertemplate,
  };
}
