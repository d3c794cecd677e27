import type { ClassRegions } from "../analysis/class_regions.ts";

/** A line in the plane. It is closed if it ends where it starts. */
export type Polyline = readonly (readonly [x: number, y: number])[];

/** The numbers of the four grid points around a grid cell. */
export type GridCell = readonly [number, number, number, number];

/**
 * Finds the lines on which a function on a square grid is zero, by marching squares. Crossings are
 * interpolated along the edges of the cells. If two lines cross a cell, the sign of its mean
 * decides which edges they join.
 *
 * @param side the grid has side × side points; point x, y has the number y·side + x
 * @param value the function at a point
 * @param isWanted false for cells to leave out
 * @returns lines in units of the grid, 0 … side − 1 each way
 */
export function zeroLines(
  side: number,
  value: (point: number) => number,
  isWanted: (cell: GridCell) => boolean,
): Polyline[] {
  const segments: [number, number][] = [];
  for (let y = 0; y + 1 < side; y++) {
    for (let x = 0; x + 1 < side; x++) {
      const point = y * side + x;
      const cell: GridCell = [point, point + 1, point + 1 + side, point + side];
      if (isWanted(cell)) segments.push(...segmentsIn(cell, value));
    }
  }
  const crossing = (edge: number): [number, number] => {
    const point = edge >> 1;
    const isUpward = edge % 2 === 1;
    const [here, there] = [value(point), value(isUpward ? point + side : point + 1)];
    const share = here / (here - there);
    const [x, y] = [point % side, Math.floor(point / side)];
    return isUpward ? [x, y + share] : [x + share, y];
  };
  return joinSegments(segments).map((edges) => edges.map(crossing));
}

/** Pairs of edges. The edge to the right of a point is 2·point, the edge above it 2·point + 1. */
function segmentsIn(cell: GridCell, value: (point: number) => number): [number, number][] {
  const [lowerLeft, lowerRight, , upperLeft] = cell;
  const edges = [2 * lowerLeft, 2 * lowerRight + 1, 2 * upperLeft, 2 * lowerLeft + 1];
  const values = cell.map(value);
  const isPositive = values.map((v) => v >= 0);
  const crossed = edges.filter((_, k) => isPositive[k] !== isPositive[(k + 1) % 4]);
  if (crossed.length === 0) return [];
  if (crossed.length === 2) return [[crossed[0], crossed[1]]];
  const [bottom, right, top, left] = edges;
  const joinsFirst = values.reduce((sum, v) => sum + v) >= 0 === isPositive[0];
  return joinsFirst ? [[bottom, right], [top, left]] : [[left, bottom], [right, top]];
}

/**
 * Joins segments that share an end into lines that are as long as possible.
 *
 * @param segments pairs of ends; at most two segments share an end
 * @returns ends in the order of each line; a closed line ends where it starts
 */
export function joinSegments(segments: readonly (readonly [number, number])[]): number[][] {
  const links = new Map<number, number[]>();
  const link = (from: number, to: number) => links.set(from, [...links.get(from) ?? [], to]);
  for (const [a, b] of segments) {
    link(a, b);
    link(b, a);
  }
  const follow = (from: number): number | undefined => {
    const to = links.get(from)!.pop();
    if (to !== undefined) links.set(to, links.get(to)!.filter((back) => back !== from));
    return to;
  };
  // Open lines first, from one of their ends. The remaining lines are closed.
  const ends = [...links.keys()].filter((end) => links.get(end)!.length === 1);
  const lines: number[][] = [];
  for (const start of [...ends, ...links.keys()]) {
    if (links.get(start)!.length === 0) continue;
    const line: number[] = [];
    for (let at: number | undefined = start; at !== undefined; at = follow(at)) line.push(at);
    lines.push(line);
  }
  return lines;
}

/**
 * Finds the decision boundary of a classifier of points. Between neighbouring points of the classes
 * c and d, it is the line where their logits are equal. Where three classes meet, lines may be too
 * long by one grid cell.
 */
export function boundaryLines(regions: ClassRegions): Polyline[] {
  const { classes, top } = regions;
  const lines: Polyline[] = [];
  for (let c = 0; c < classes; c++) {
    for (let d = c + 1; d < classes; d++) {
      const isWanted = (cell: GridCell) =>
        [c, d].every((k) => cell.some((point) => top[point] === k));
      lines.push(...gapLines(regions, c, d, isWanted));
    }
  }
  return lines;
}

/**
 * Finds the line on which a classifier's logits of two classes are equal, also inside of the region
 * of a third.
 *
 * @param isWanted false for cells of the grid to leave out
 */
export function gapLines(
  { classes, axis, logits }: ClassRegions,
  c: number,
  d: number,
  isWanted: (cell: GridCell) => boolean = () => true,
): Polyline[] {
  const gap = (point: number) => logits[point * classes + c] - logits[point * classes + d];
  const toPlane = (position: number) => axis[0] + position * (axis[1] - axis[0]);
  return zeroLines(axis.length, gap, isWanted)
    .map((line) => line.map(([x, y]) => [toPlane(x), toPlane(y)]));
}
