import { type Budget, NORM_NAMES } from "../analysis/robustness/budget.ts";
import type { RobustAccuracy } from "../analysis/robustness/robust_accuracy.ts";
import { methodStyle } from "./colours.ts";
import { errorBars } from "./mean_and_seeds.ts";
import { type Figure, hoverText, type Trace } from "./figure.ts";
import { figureLayout } from "./figure_layout.ts";

const UNITS: Readonly<Record<Budget["norm"], string>> = { linf: "1/255", l2: "pixels in 0…1" };

/**
 * Draws accuracy under attack over the radius ε in one norm, with Wilson intervals. Each attack has
 * a line that starts at ε = 0 with the accuracy without an attack. There is no line without images,
 * or for a norm that was not measured.
 */
export function robustnessCurve(
  { clean, rows }: Pick<RobustAccuracy, "clean" | "rows">,
  norm: Budget["norm"],
  title = `Accuracy under attack, ${NORM_NAMES[norm]}`,
): Figure {
  const shown = rows.filter((row) => row.norm === norm && row.interval !== null);
  const attacks = [...new Set(shown.map(({ attack }) => attack))];
  const data = attacks.map((name): Trace => {
    const { colour, dash, symbol } = methodStyle(name);
    const points = [
      { epsilon: 0, ...clean },
      ...shown.filter(({ attack }) => attack === name).toSorted((a, b) => a.epsilon - b.epsilon),
    ];
    return {
      type: "scatter",
      mode: "lines+markers",
      name,
      x: points.map(({ epsilon }) => epsilon),
      y: points.map(({ accuracy }) => 100 * accuracy),
      ...errorBars("error_y", {
        symmetric: false,
        array: points.map(({ accuracy, interval }) => 100 * (interval![1] - accuracy)),
        arrayminus: points.map(({ accuracy, interval }) => 100 * (accuracy - interval![0])),
        color: colour,
        thickness: 1,
        width: 4,
      }),
      line: { color: colour, width: 1.5, dash },
      marker: { color: colour, size: 7, symbol },
      hovertemplate: `${hoverText(name)}<br>ε = %{x}: %{y:.2f} %<extra></extra>`,
    };
  });
  return {
    data,
    layout: figureLayout(
      title,
      { title: { text: `ε in ${NORM_NAMES[norm]} (${UNITS[norm]})` } },
      { title: { text: "Accuracy (%)" }, range: [-2, 102] },
    ),
  };
}
