import { methodStyle } from "./colours.ts";
import { type Figure, hoverText, type Trace } from "./figure.ts";
import { figureLayout } from "./figure_layout.ts";

/** The predictions of one method's students by confidence. */
export interface MethodReliability {
  readonly method: string;
  /** Mean confidence and accuracy of each bin, 0…1, and its number of predictions */
  readonly bins: readonly {
    readonly confidence: number;
    readonly accuracy: number;
    readonly n: number;
  }[];
}

/** The fewest predictions of a bin that is drawn: the accuracy of fewer says nothing. */
const FEWEST = 20;

/**
 * Draws the accuracy of predictions over their confidence (Guo et al. 2017). A calibrated network is
 * on the dotted line. Below it, it is too sure of itself.
 */
export function reliabilityDiagram(
  methods: readonly MethodReliability[],
): Figure {
  const ideal: Trace = {
    type: "scatter",
    mode: "lines",
    name: "calibrated",
    x: [0, 100],
    y: [0, 100],
    line: { color: "#666666", width: 1, dash: "dot" },
    hovertemplate: "calibrated<extra></extra>",
  };
  const lines = methods.map(({ method, bins }): Trace => {
    const { colour, dash, symbol } = methodStyle(method);
    const drawn = bins.filter(({ n }) => n >= FEWEST);
    return {
      type: "scatter",
      mode: "lines+markers",
      name: method,
      x: drawn.map(({ confidence }) => 100 * confidence),
      y: drawn.map(({ accuracy }) => 100 * accuracy),
      customdata: drawn.map(({ n }) => n),
      line: { color: colour, width: 1.5, dash },
      marker: { color: colour, size: 7, symbol },
      hovertemplate: `${hoverText(method)}<br>confidence %{x:.1f} %: accuracy %{y:.1f} %, ` +
        "%{customdata} predictions<extra></extra>",
    };
  });
  return {
    data: lines.some(({ x }) => x.length > 0) ? [ideal, ...lines] : [],
    layout: figureLayout(
      "Accuracy over confidence",
      { title: { text: "Confidence (%)" }, range: [0, 102] },
      { title: { text: "Accuracy (%)" }, range: [0, 102] },
    ),
  };
}
