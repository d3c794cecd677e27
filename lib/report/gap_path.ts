import { methodStyles } from "./colours.ts";
import type { Figure } from "./figure.ts";
import { figureLayout } from "./figure_layout.ts";

/** The gap of one sample after each step of an attack; it crosses the boundary where it is zero. */
export function gapPath(gaps: readonly number[], title: string): Figure {
  const { colour, dash, symbol } = methodStyles(["bss"]).get("bss")!;
  return {
    data: [{
      type: "scatter",
      mode: "lines+markers",
      name: "gap",
      x: gaps.map((_, step) => step),
      y: [...gaps],
      line: { color: colour, width: 2, dash },
      marker: { color: colour, size: 9, symbol },
    }],
    layout: figureLayout(
      title,
      { title: { text: "step" }, dtick: 1 },
      { title: { text: "gap f_base − f_target (logits)" }, zeroline: true },
    ),
  };
}
