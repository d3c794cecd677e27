import type { ClassRegions } from "../analysis/class_regions.ts";
import { type Polyline, zeroLines } from "./zero_lines.ts";

/**
 * The decision boundary of a classifier of points: between neighbours of the classes c and d, the line
 * where their logits are equal. Where three classes meet, lines may be too long by a cell of the grid.
 */
export function boundaryLines({ classes, axis, logits, top }: ClassRegions): Polyline[] {
  const lines: Polyline[] = [];
  for (let c = 0; c < classes; c++) {
    for (let d = c + 1; d < classes; d++) {
      lines.push(...zeroLines(
        axis.length,
        (point) => logits[point * classes + c] - logits[point * classes + d],
        (cell) => [c, d].every((k) => cell.some((point) => top[point] === k)),
      ));
    }
  }
  const toPlane = (position: number) => axis[0] + position * (axis[1] - axis[0]);
  return lines.map((line) => line.map(([x, y]) => [toPlane(x), toPlane(y)]));
}
