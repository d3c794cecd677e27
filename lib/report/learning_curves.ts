import { methodStyles } from "./colours.ts";
import type { Figure, Trace } from "./figure.ts";
import { figureLayout } from "./figure_layout.ts";

/** The accuracy of one run over its training. */
export interface LearningCurve {
  /** Of the run, for example "bss, seed 1". */
  readonly name: string;
  readonly epochs: readonly number[];
  /** Percent, one an epoch; NaN leaves a gap. */
  readonly accuracy: readonly number[];
  /** Method, which gives the colour and the name in the legend; the run's own name without it. */
  readonly group?: string;
}

/** One line a run, the runs of one method in the same colour and under one name in the legend. */
export function learningCurves(
  series: readonly LearningCurve[],
  title = "Test accuracy over training",
): Figure {
  const groups = series.map(({ name, group }) => group ?? name);
  const styles = methodStyles(groups);
  const data = series.map(({ name, epochs, accuracy }, index): Trace => {
    const group = groups[index];
    const { colour, dash } = styles.get(group)!;
    return {
      type: "scatter",
      mode: "lines",
      name: group,
      legendgroup: group,
      showlegend: groups.indexOf(group) === index,
      x: epochs,
      y: accuracy.map((value) => Number.isNaN(value) ? null : value),
      line: { color: colour, width: 1.5, dash },
      hovertemplate: `${name}<br>epoch %{x}: %{y:.2f} %<extra></extra>`,
    };
  });
  return {
    data,
    layout: figureLayout(title, { title: { text: "Epoch" } }, {
      title: { text: "Test accuracy (%)" },
    }),
  };
}
