import { methodStyles } from "./colours.ts";
import type { Figure } from "./figure.ts";
import { figureLayout } from "./figure_layout.ts";
import { meanAndSeeds, type MethodAccuracy } from "./mean_and_seeds.ts";

/**
 * For each method its mean with a bar from mean − std to mean + std, and to its right a point for
 * each seed, since the mean of a few seeds says little alone.
 */
export function accuracyWithErrorBars(
  rows: readonly MethodAccuracy[],
  title = "Mean ± standard deviation, and each seed",
  yTitle = "Test accuracy (%)",
): Figure {
  const styles = methodStyles(rows.map(({ method }) => method));
  return {
    data: rows.flatMap((row, index) =>
      meanAndSeeds([{ ...row, x: index }], styles.get(row.method)!, 1)
    ),
    layout: {
      ...figureLayout(title, {
        title: { text: "Method" },
        tickvals: rows.map((_, index) => index),
        ticktext: rows.map(({ method }) => method),
        ticklabeloverflow: "allow",
        range: [-0.5, rows.length - 0.5],
      }, { title: { text: yTitle } }),
      showlegend: false,
    },
  };
}
