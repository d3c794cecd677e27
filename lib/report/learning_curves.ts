import { methodStyles } from "./colours.ts";
import { type Figure, hoverText, type Trace } from "./figure.ts";
import { figureLayout } from "./figure_layout.ts";

/** The accuracy of one run over its training. */
export interface LearningCurve {
  /** Name of the run, for example "bss, seed 1". */
  readonly name: string;
  readonly epochs: readonly number[];
  /** Percent, one for each epoch; NaN leaves a gap. */
  readonly accuracy: readonly number[];
  /** Method, which sets the colour and the name in the legend. Default: the run's name. */
  readonly group?: string;
}

/** The most epochs that each get a point and a tick. A single epoch would have no visible line. */
const FEW_EPOCHS = 15;

/** Draws one line for each run. Runs of one method share a colour and a name in the legend. */
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
