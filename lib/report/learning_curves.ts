import { mean } from "../analysis/statistics/interval.ts";
import { methodStyle } from "./colours.ts";
import { type Figure, hoverText, type Trace } from "./figure.ts";
import { type Axis, figureLayout } from "./figure_layout.ts";

/** The accuracy of one run over its training. */
export interface LearningCurve {
  /** Name of the run, for example "bss, seed 1". */
  readonly name: string;
  readonly epochs: readonly number[];
  /** Percent, one for each epoch; NaN leaves a gap. */
  readonly accuracy: readonly number[];
  /** Method, which sets the colour and the name in the legend. Default: the run's name. */
  readonly group?: string;
  /** Runs of one method and one student are drawn as one line. */
  readonly student?: string;
}

/** The most epochs that each get a point and a tick. A single epoch would have no visible line. */
const FEW_EPOCHS = 15;

/** The fewest epochs of a figure that zooms in on the end. */
const ENOUGH_TO_ZOOM = 8;

/**
 * Draws a line for each method, the mean of its seeds, in a band from the lowest seed to the
 * highest. With several methods and a line of eight points or more, the axes begin where the methods
 * come to differ: at the accuracies of the last quarter of training, and at the epoch that first
 * reaches them. Plotly's "Autoscale" shows all.
 */
export function learningCurves(
  series: readonly LearningCurve[],
  title = "Test accuracy over training",
): Figure {
  const lines = linesOf(series);
  const groups = lines.map(({ group }) => group);
  const few = series.every(({ epochs }) => epochs.length <= FEW_EPOCHS);
  const isShort = series.every(({ epochs }) => epochs.at(-1)! - epochs[0] < FEW_EPOCHS);
  const data = lines.flatMap((line, index): Trace[] => {
    const { group, name, points, isBand } = line;
    const { colour, dash, symbol } = methodStyle(group);
    const meanLine: Trace = {
      type: "scatter",
      mode: few ? "lines+markers" : "lines",
      name: group,
      legendgroup: group,
      showlegend: groups.indexOf(group) === index,
      x: points.map(({ epoch }) => epoch),
      y: points.map(({ mean }) => Number.isNaN(mean) ? null : mean),
      line: { color: colour, width: 1.5, dash },
      ...(few ? { marker: { color: colour, size: 7, symbol } } : {}),
      hovertemplate: `${hoverText(name)}<br>epoch %{x}: %{y:.2f} %<extra></extra>`,
    };
    return isBand ? [bandOf(line, colour), meanLine] : [meanLine];
  });
  const zoom = new Set(groups).size > 1 ? zoomTo(lines) : {};
  return {
    data,
    layout: figureLayout(
      title,
      { title: { text: "Epoch" }, ...(few && isShort ? { dtick: 1 } : {}), ...zoom.x },
      { title: { text: "Test accuracy (%)" }, ...zoom.y },
    ),
  };
}

/** The runs of a method and a student. */
interface Line {
  readonly group: string;
  readonly name: string;
  readonly points: readonly Point[];
  /** True if several runs have been averaged. */
  readonly isBand: boolean;
}

/** Accuracies at an epoch; NaN without any. */
interface Point {
  readonly epoch: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

function linesOf(series: readonly LearningCurve[]): Line[] {
  const runs = Map.groupBy(
    series,
    ({ name, group = name, student }) => JSON.stringify([group, student]),
  );
  return [...runs.values()].map((own) => {
    const [{ name, group = name, student }] = own;
    const epochs = [...new Set(own.flatMap(({ epochs }) => epochs))].sort((a, b) => a - b);
    const points = epochs.map((epoch) => {
      const values = own.map(({ epochs, accuracy }) => accuracy[epochs.indexOf(epoch)] ?? NaN)
        .filter((value) => !Number.isNaN(value));
      return values.length === 0
        ? { epoch, mean: NaN, low: NaN, high: NaN }
        : { epoch, mean: mean(values), low: Math.min(...values), high: Math.max(...values) };
    });
    const of = student === undefined ? group : `${student} ${group}`;
    const isBand = own.length > 1;
    return { group, name: isBand ? `${of}, mean of ${own.length} seeds` : name, points, isBand };
  });
}

function bandOf({ group, points }: Line, colour: string): Trace {
  const there = points.filter(({ mean }) => !Number.isNaN(mean));
  const back = there.toReversed();
  return {
    type: "scatter",
    mode: "lines",
    name: `${group}, from the lowest to the highest seed`,
    legendgroup: group,
    showlegend: false,
    x: [...there, ...back].map(({ epoch }) => epoch),
    y: [...there.map(({ high }) => high), ...back.map(({ low }) => low)],
    line: { color: colour, width: 0, dash: "solid" },
    fill: "toself",
    fillcolor: `${colour}33`,
    hoverinfo: "skip",
  };
}

function zoomTo(lines: readonly Line[]): { x?: Pick<Axis, "range">; y?: Pick<Axis, "range"> } {
  const there = lines.map(({ points }) => points.filter(({ mean }) => !Number.isNaN(mean)))
    .filter((points) => points.length > 0);
  if (!there.some((points) => points.length >= ENOUGH_TO_ZOOM)) return {};
  const ends = there.flatMap((points) => points.slice(-Math.ceil(points.length / 4)));
  const [lowest, highest] = [
    Math.min(...ends.map(({ low }) => low)),
    Math.max(...there.flat().map(({ high }) => high)),
  ];
  const low = lowest - 0.5 * (highest - lowest);
  const first = Math.min(...there.flat().filter(({ mean }) => mean >= low).map((p) => p.epoch));
  const last = Math.max(...there.flat().map(({ epoch }) => epoch));
  return {
    x: { range: [first - 0.02 * (last - first), last + 0.02 * (last - first)] },
    y: { range: [low, highest + 0.1 * (highest - lowest)] },
  };
}
