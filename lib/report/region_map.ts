import { type ClassRegions, regionAgreement } from "../analysis/class_regions.ts";
import { CLASS_COLOURS } from "./class_colours.ts";
import { imageGrid } from "./image_grid.ts";
import type { Displayable } from "./display.ts";

/** A classifier's regions and the line above its share of agreement: "bss, epoch 5". */
export interface NamedRegions {
  readonly name: string;
  readonly regions: ClassRegions;
}

/** Width of a map in pixels of the page. */
const SIDE = 150;

/**
 * Shows the class regions of several classifiers as small maps. Each has the teacher's boundary as a
 * dark line; where the classifier disagrees with the teacher, it is dark red. Captions give the share
 * of the plane on which both agree.
 *
 * @throws UserError if the grids differ
 */
export function regionMaps(
  teacher: ClassRegions,
  maps: readonly NamedRegions[],
  columns: number,
): Displayable {
  const side = teacher.axis.length;
  // First of all, this checks that the grids are the same.
  const captions = maps.map(({ name, regions }) =>
    `${name}\n${(100 * regionAgreement(teacher, regions)).toFixed(1)} % as the teacher`
  );
  return imageGrid({
    images: maps.flatMap(({ regions }) => mapPixels(teacher, regions)),
    count: maps.length,
    height: side,
    width: side,
    channels: 3,
    side: SIDE,
    columns,
    captions,
  });
}

/** Computes red, green and blue of each point of the grid, 0 to 255, from the largest y down. */
function mapPixels(teacher: ClassRegions, { top }: ClassRegions): number[] {
  const side = teacher.axis.length;
  const isEdge = (x: number, y: number) =>
    [[x + 1, y], [x, y + 1]].some(([right, up]) =>
      right < side && up < side && teacher.top[up * side + right] !== teacher.top[y * side + x]
    );
  return Array.from({ length: side }, (_, row) => side - 1 - row).flatMap((y) =>
    Array.from({ length: side }, (_, x) => {
      if (isEdge(x, y)) return rgb("#222222");
      const point = y * side + x;
      const { ground } = CLASS_COLOURS[top[point] % CLASS_COLOURS.length];
      return rgb(top[point] === teacher.top[point] ? ground : "#b2443c");
    }).flat()
  );
}

function rgb(colour: string): number[] {
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
}
