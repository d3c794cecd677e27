import { methodStyles } from "./colours.ts";
import { type Figure, hoverText, type Trace } from "./figure.ts";
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

/** Up to so many epochs each is marked by a point and a tick: one epoch has no line to be seen. */
const FEW_EPOCHS = 15;

/** One line a run, the runs of one method in the same colour and under one name in the legend. */
export function learningCurves(
  series: readonly LearningCurve[],
  title = "Test accuracy over training",
): Figure {
  const groups = series.map(({ name, group }) => group ?? name);
  const styles = methodStyles(groups);
  const few = series.every(({ epochs }) => epochs.length <= FEW_EPOCHS);
  const data = series.map(({ name, epochs, accuracy }, index): Trace => {
    const group = groups[index];
    const { colour, dash, symbol } = styles.get(group)!;
    return {
      type: "scatter",
      mode: few ? "lines+markers" : "lines",
      name: group,
      legendgroup: group,
      showlegend: groups.indexOf(group) === index,
      x: epochs,
      y: accuracy.map((value) => Number.isNaN(value) ? null : value),
      line: { color: colour, width: 1.5, dash },
      ...(few ? { marker: { color: colour, size: 7, symbol } } : {}),
      hovertemplate: `${hoverText(name)}<br>epoch %{x}: %{y:.2f} %<extra></extra>`,
    };
  });
  return {
    data,
    layout: figureLayout(
      title,
      { title: { text: "Epoch" }, ...(few ? { dtick: 1 } : {}) },
      { title: { text: "Test accuracy (%)" } },
    ),
  };
}
