import { type MethodStyle, methodStyles } from "./colours.ts";
import type { Figure, Trace } from "./figure.ts";
import { figureLayout } from "./figure_layout.ts";

/** The accuracies of one method over its seeds, in percent. */
export interface MethodAccuracy {
  readonly method: string;
  readonly mean: number;
  /** null for a single seed, which then has no error bar */
  readonly std: number | null;
  /** One a seed. */
  readonly values: readonly number[];
}

/** Where the points of the seeds lie to the right of their mean; methods are 1 apart. */
const SEEDS = { from: 0.12, to: 0.42, step: 0.06 };

/**
 * For each method its mean with a bar from mean − std to mean + std, and to its right a point for
 * each seed, since the mean of a few seeds says little alone.
 */
export function accuracyWithErrorBars(
  rows: readonly MethodAccuracy[],
  title = "Mean ± standard deviation, and each seed",
): Figure {
  const styles = methodStyles(rows.map(({ method }) => method));
  const layout = figureLayout(title, {
    title: { text: "Method" },
    tickvals: rows.map((_, index) => index),
    ticktext: rows.map(({ method }) => method),
    range: [-0.5, rows.length - 0.5],
  }, { title: { text: "Test accuracy (%)" } });
  return {
    data: rows.flatMap((row, index) => {
      const style = styles.get(row.method)!;
      return [meanTrace(row, index, style), seedsTrace(row, index, style)];
    }),
    layout: { ...layout, showlegend: false },
  };
}

function meanTrace(
  { method, mean, std }: MethodAccuracy,
  index: number,
  { colour, symbol }: MethodStyle,
): Trace {
  const trace: Trace = {
    type: "scatter",
    mode: "markers",
    name: method,
    x: [index],
    y: [mean],
    marker: { color: colour, size: 12, symbol },
    hovertemplate: `${method}: %{y:.2f} %<extra></extra>`,
  };
  if (std === null) return trace;
  return {
    ...trace,
    error_y: { type: "data", array: [std], color: colour, thickness: 2, width: 8 },
    hovertemplate: `${method}: %{y:.2f} ± ${std.toFixed(2)} %<extra></extra>`,
  };
}

function seedsTrace(
  { method, values }: MethodAccuracy,
  index: number,
  { colour }: MethodStyle,
): Trace {
  const step = Math.min(SEEDS.step, (SEEDS.to - SEEDS.from) / values.length);
  return {
    type: "scatter",
    mode: "markers",
    name: `${method}, each seed`,
    x: values.map((_, seed) => index + SEEDS.from + seed * step),
    y: values,
    marker: { color: colour, size: 7, symbol: "circle", opacity: 0.6 },
    hovertemplate: `${method}, one seed: %{y:.2f} %<extra></extra>`,
  };
}
