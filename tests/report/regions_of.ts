import type { ClassRegions } from "../../lib/analysis/class_regions.ts";
import { topClasses } from "../../lib/tensors/rows.ts";

/** Makes the class regions of a classifier of points with the given logits. */
export function regionsOf(
  logitsAt: (x: number, y: number) => number[],
  { limit = 2, side = 11 } = {},
): ClassRegions {
  const axis = Array.from({ length: side }, (_, k) => limit * (2 * k / (side - 1) - 1));
  const rows = axis.flatMap((y) => axis.map((x) => logitsAt(x, y)));
  const classes = rows[0].length;
  const logits = Float32Array.from(rows.flat());
  return { classes, axis, logits, top: topClasses(logits, classes) };
}
