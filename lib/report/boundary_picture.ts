import { type ClassRegions, regionAgreement } from "../analysis/class_regions.ts";
import type { PointSet } from "../data/point_set.ts";
import { boundaryLines, type Polyline } from "./zero_lines.ts";
import { methodStyle } from "./colours.ts";
import { type AnyTrace, type Figure, type HeatmapTrace, hoverText, type Trace } from "./figure.ts";
import { figureLayout } from "./figure_layout.ts";
import { numberText } from "./minus_signs.ts";

/** The input of {@linkcode boundaryPicture}. */
export interface BoundaryPictureInput {
  readonly teacher: ClassRegions;
  /** Class regions by method, on the teacher's grid. */
  readonly students?: Readonly<Record<string, ClassRegions>>;
  /** The training points. */
  readonly points: PointSet;
  /** Points and their attacked versions, `[n, 2]` each, in the same order. */
  readonly attacked?: { readonly base: ArrayLike<number>; readonly samples: ArrayLike<number> };
}

/** Background and points of each class. Backgrounds get darker, so that grey prints show them. */
const CLASSES = [
  { ground: "#fdf6e6", colour: "#e69f00", symbol: "circle" },
  { ground: "#d3e7f4", colour: "#56b4e9", symbol: "square" },
  { ground: "#bfd8ca", colour: "#009e73", symbol: "triangle-up" },
  { ground: "#d3bccc", colour: "#cc79a7", symbol: "pentagon" },
] as const;

/** Wide and light, so that a student's line on top of it shows, in grey prints too. */
const TEACHER_LINE = { color: "#a6a6a6", width: 7, dash: "solid" };

/**
 * Draws the plane: the teacher's classes as the background, the decision boundaries of the teacher
 * and the students, the points, and the path of each attacked point to the teacher's boundary.
 */
export function boundaryPicture(
  { teacher, students = {}, points, attacked }: BoundaryPictureInput,
  title: string,
): Figure<AnyTrace> {
  const range = [teacher.axis[0], teacher.axis.at(-1)!] as const;
  const axis = {
    range,
    dtick: 1,
    showgrid: false,
    constrain: "domain",
  } as const;
  return {
    data: [
      ground(teacher),
      lineTrace("teacher", boundaryLines(teacher), TEACHER_LINE),
      ...Object.entries(students).map(([method, regions]) => {
        const { colour: color, dash } = methodStyle(method);
        const share = (100 * regionAgreement(teacher, regions)).toFixed(1);
        return lineTrace(`${method}, agrees on ${share} %`, boundaryLines(regions), {
          color,
          width: 2.5,
          dash,
        });
      }),
      ...pointTraces(points),
      ...(attacked ? attackTraces(attacked.base, attacked.samples) : []),
    ],
    layout: {
      ...figureLayout(
        title,
        { ...axis, title: { text: "x" } },
        { ...axis, title: { text: "y" }, scaleanchor: "x" },
      ),
      height: 760,
    },
  };
}

function ground({ axis, top, classes }: ClassRegions): HeatmapTrace {
  const side = axis.length;
  // Two stops for each class, so that one colour does not blend into the next.
  const colorscale = Array.from({ length: classes }, (_, label) => {
    const { ground } = CLASSES[label % CLASSES.length];
    return [[label / classes, ground], [(label + 1) / classes, ground]] as const;
  }).flat();
  return {
    type: "heatmap",
    x: axis,
    y: axis,
    z: axis.map((_, row) => [...top.subarray(row * side, (row + 1) * side)]),
    zmin: -0.5,
    zmax: classes - 0.5,
    colorscale,
    showscale: false,
    hoverinfo: "skip",
  };
}

function lineTrace(
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

function pointTraces({ points, labels, classes }: PointSet): Trace[] {
  return Array.from({ length: classes }, (_, label) => {
    const { colour, symbol } = CLASSES[label % CLASSES.length];
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

function attackTraces(base: ArrayLike<number>, samples: ArrayLike<number>): Trace[] {
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
  return [{ ...ways, showlegend: false }, {
    type: "scatter",
    mode: "markers",
    name: "boundary supporting sample",
    x: to.map(([x]) => x),
    y: to.map(([, y]) => y),
    marker: { color: "#222222", size: 8, symbol: "x-thin", line: { color: "#222222", width: 2 } },
    // Samples that the attack clamped may lie on the edge of the picture.
    cliponaxis: false,
    text: to.map(([x, y]) => placeText(x, y)),
    hovertemplate: `boundary supporting sample %{text}<extra></extra>`,
  }];
}

/** Joins several lines into one trace with gaps between them. */
function joined(lines: readonly Polyline[]): Pick<Trace, "x" | "y"> {
  const round = (value: number) => Number(value.toFixed(4));
  return {
    x: lines.flatMap((line) => [...line.map(([x]) => round(x)), 0]),
    y: lines.flatMap((line) => [...line.map(([, y]) => round(y)), null]),
  };
}
