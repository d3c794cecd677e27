import { accuracyWithErrorBars } from "./accuracy_by_student.ts";
import { methodStyle } from "./colours.ts";
import { type Figure, hoverText, type Trace } from "./figure.ts";
import { figureLayout } from "./figure_layout.ts";
import { bssAttackOptions } from "../attack/bss.ts";
import { meanStdOf } from "../analysis/statistics/interval.ts";

/** A run's figures by name, those of the evaluation `boundary` among them. */
export interface MeasuredRun {
  readonly method: string;
  readonly figures: Readonly<Record<string, number | null>>;
}

/**
 * Draws the norms of the perturbations on each run's student and teacher against their gaps (means
 * over images), in normalised pixels and logits. With the published step, the norms lie on the line
 * η·gap, whatever the distance to the boundary, which hollow points show. Leaves out what lacks one
 * of its figures.
 */
export function normAgainstGap(runs: readonly MeasuredRun[]): Figure {
  const eta = bssAttackOptions.eta.default;
  const points = runs.flatMap(({ method, figures }) => [
    ...pointsOf(method, figures, "student"),
    ...pointsOf("teacher", figures, "teacher"),
  ]);
  const methods = [...new Set(points.map(({ method }) => method))];
  const largest = Math.max(0, ...points.map(({ gap }) => gap));
  const marked = (method: string, what: "norm" | "distance", symbol: string): Trace => {
    const own = points.filter((point) => point.method === method);
    const name = `${method}, ${what}`;
    return {
      type: "scatter",
      mode: "markers",
      name,
      x: own.map(({ gap }) => gap),
      y: own.map((point) => point[what]),
      marker: { color: methodStyle(method).colour, size: 9, symbol },
      hovertemplate: `${hoverText(name)}<br>gap %{x:.2f}: %{y:.2f}<extra></extra>`,
    };
  };
  const line: Trace = {
    type: "scatter",
    mode: "lines",
    name: `η·gap, η = ${eta}`,
    x: [0, largest],
    y: [0, eta * largest],
    line: { color: "#777777", width: 1, dash: "dash" },
  };
  return {
    data: [
      ...methods.flatMap((method) => {
        const symbol = methodStyle(method).symbol.replace(/-open$/, "");
        return [marked(method, "norm", symbol), marked(method, "distance", `${symbol}-open`)];
      }),
      ...(points.length > 0 ? [line] : []),
    ],
    layout: figureLayout(
      "The published step measures logit gaps",
      { title: { text: "Gap between base and target class (logits)" } },
      { title: { text: "L2 norm, distance (normalised pixels)" } },
    ),
  };
}

/** Lists a network's point; none if a figure is missing. */
function pointsOf(method: string, figures: MeasuredRun["figures"], network: "teacher" | "student") {
  const [gap, norm, distance] = ["gap", "norm", "distance"]
    .map((name) => figures[`${name}_${network}`] ?? null);
  return gap === null || norm === null || distance === null
    ? []
    : [{ method, gap, norm, distance }];
}

/**
 * Draws the share of AngSim that the clamp makes, in percent, by method and seed. Leaves out runs
 * that lack a figure, or whose AngSim is not above zero.
 */
export function clampShare(runs: readonly MeasuredRun[]): Figure {
  const shares = runs.flatMap(({ method, figures: { ang_sim, ang_sim_from_clamp } }) =>
    ang_sim != null && ang_sim > 0 && ang_sim_from_clamp != null
      ? [{ method, share: 100 * ang_sim_from_clamp / ang_sim }]
      : []
  );
  const rows = [...Map.groupBy(shares, ({ method }) => method)].map(([method, own]) => {
    const values = own.map(({ share }) => share);
    return { method, ...meanStdOf(values)!, values };
  });
  return accuracyWithErrorBars(
    rows,
    "The share of AngSim that the clamp makes",
    "Share of AngSim (%)",
  );
}
