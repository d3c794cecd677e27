import type { Outcome } from "../attack/attack.ts";
import type { PointSet } from "../data/point_set.ts";
import { CLASS_COLOURS } from "./class_colours.ts";
import { hoverText, type Trace } from "./figure.ts";
import { numberText } from "./minus_signs.ts";
import type { Polyline } from "./zero_lines.ts";

/** Points of the plane and their attacked versions, `[n, 2]` each, in the same order. */
export interface AttackedPoints {
  readonly base: ArrayLike<number>;
  readonly samples: ArrayLike<number>;
  /** Without them, all samples count as crossed to their targets. */
  readonly outcomes?: readonly Outcome[];
}

/** The marks of samples by their outcome. */
const SAMPLES: Readonly<Record<Outcome, { readonly name: string; readonly symbol: string }>> = {
  "crossed to target": { name: "boundary supporting sample", symbol: "x-thin" },
  "third class": { name: "sample that ended in a third class", symbol: "star-triangle-down-open" },
  "not crossed": { name: "sample that has not crossed", symbol: "circle-open" },
};

/** Draws lines of one name, for example a decision boundary. */
export function lineTrace(
  name: string,
  lines: readonly Polyline[],
  line: NonNullable<Trace["line"]>,
): Trace {
  return {
    type: "scatter",
    mode: "lines",
    name,
    ...joined(lines),
    line,
    hovertemplate: `${hoverText(name)}<extra></extra>`,
  };
}

/** Draws the points of each class. */
export function pointTraces({ points, labels, classes }: PointSet): Trace[] {
  return Array.from({ length: classes }, (_, label) => {
    const { colour, symbol } = CLASS_COLOURS[label % CLASS_COLOURS.length];
    const own = [...labels.keys()].filter((index) => labels[index] === label);
    return {
      type: "scatter",
      mode: "markers",
      name: `class ${label}`,
      x: own.map((index) => points[2 * index]),
      y: own.map((index) => points[2 * index + 1]),
      marker: { color: colour, size: 10, symbol, line: { color: "#222222", width: 1.2 } },
      text: own.map((index) => placeText(points[2 * index], points[2 * index + 1])),
      hovertemplate: `class ${label} %{text}<extra></extra>`,
    };
  });
}

function placeText(x: number, y: number): string {
  return `(${numberText(x)}, ${numberText(y)})`;
}

/** Draws the way of each point to its sample, and marks the samples by their outcome. */
export function attackTraces({ base, samples, outcomes }: AttackedPoints): Trace[] {
  const pointsOf = (values: ArrayLike<number>) =>
    Array.from(
      { length: values.length / 2 },
      (_, i) => [values[2 * i], values[2 * i + 1]] as const,
    );
  const [from, to] = [pointsOf(base), pointsOf(samples)];
  const ways = lineTrace("attack", from.map((start, index) => [start, to[index]]), {
    color: "#222222",
    width: 1,
    dash: "solid",
  });
  const groups = Map.groupBy(to, (_, index) => outcomes?.[index] ?? "crossed to target");
  return [
    { ...ways, showlegend: false },
    ...[...groups].map(([outcome, own]): Trace => {
      const { name, symbol } = SAMPLES[outcome];
      return {
        type: "scatter",
        mode: "markers",
        name,
        x: own.map(([x]) => x),
        y: own.map(([, y]) => y),
        marker: { color: "#222222", size: 8, symbol, line: { color: "#222222", width: 2 } },
        // Samples that the attack clamped may lie on the edge of the picture.
        cliponaxis: false,
        text: own.map(([x, y]) => placeText(x, y)),
        hovertemplate: `${name} %{text}<extra></extra>`,
      };
    }),
  ];
}

/** Joins several lines into one trace with gaps between them. */
function joined(lines: readonly Polyline[]): Pick<Trace, "x" | "y"> {
  const round = (value: number) => Number(value.toFixed(4));
  return {
    x: lines.flatMap((line) => [...line.map(([x]) => round(x)), 0]),
    y: lines.flatMap((line) => [...line.map(([, y]) => round(y)), null]),
  };
}
