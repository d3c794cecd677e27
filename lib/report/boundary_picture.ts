import { type ClassRegions, regionAgreement } from "../analysis/class_regions.ts";
import type { PointSet } from "../data/point_set.ts";
import { CLASS_COLOURS } from "./class_colours.ts";
import { methodStyle, TEACHER_LINE } from "./colours.ts";
import type { AnyTrace, Figure, HeatmapTrace } from "./figure.ts";
import { figureLayout } from "./figure_layout.ts";
import { type AttackedPoints, attackTraces, lineTrace, pointTraces } from "./plane_traces.ts";
import { boundaryLines, gapLines } from "./zero_lines.ts";

/** The input of {@linkcode boundaryPicture}. */
export interface BoundaryPictureInput {
  readonly teacher: ClassRegions;
  /** Class regions by method, on the teacher's grid. */
  readonly students?: Readonly<Record<string, ClassRegions>>;
  /** The training points. */
  readonly points: PointSet;
  readonly attacked?: AttackedPoints;
  /** Two classes. A dotted line shows where the teacher's logits of both are equal. */
  readonly gap?: readonly [baseClass: number, targetClass: number];
}

const GAP = { color: "#222222", width: 1.5, dash: "dot" };

/**
 * Draws the plane: the teacher's classes as the background, the decision boundaries of the teacher
 * and the students, the points, and the path of each attacked point to the teacher's boundary.
 */
export function boundaryPicture(
  { teacher, students = {}, points, attacked, gap }: BoundaryPictureInput,
  title: string,
): Figure<AnyTrace> {
  const range = [teacher.axis[0], teacher.axis.at(-1)!] as const;
  const axis = { range, dtick: 1, showgrid: false, constrain: "domain" } as const;
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
      ...(gap
        ? [
          lineTrace(
            `gap of class ${gap[0]} to class ${gap[1]} is 0`,
            gapLines(teacher, ...gap),
            GAP,
          ),
        ]
        : []),
      ...pointTraces(points),
      ...(attacked ? attackTraces(attacked) : []),
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
    const { ground } = CLASS_COLOURS[label % CLASS_COLOURS.length];
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
