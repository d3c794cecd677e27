import { pointImages } from "../data/point_set.ts";
import { type FrozenClassifier, readLogits } from "../nn/frozen_classifier.ts";
import { topClasses } from "../tensors/rows.ts";
import { UserError } from "../user_error.ts";

/** A classifier's logits at the points of a square grid around (0, 0). */
export interface ClassRegions {
  readonly classes: number;
  /** The coordinates of the grid, ascending, the same for x and y. */
  readonly axis: readonly number[];
  /** `[y, x, classes]`. */
  readonly logits: Float32Array;
  /** The top class, `[y, x]`. */
  readonly top: Int32Array;
}

/**
 * Computes a classifier's logits at each point of a square grid.
 *
 * @param classifier takes points as images, `[n, 1, 1, 2]`
 * @param limit the grid goes from −limit to limit
 * @param side the number of points along each axis; 201 give 40,401 points and lines exact to a
 *   pixel
 * @throws UserError if an axis has fewer than two points
 */
export async function classRegions(
  classifier: FrozenClassifier,
  { limit = 2.5, side = 201 } = {},
): Promise<ClassRegions> {
  if (!(Number.isInteger(side) && side >= 2)) {
    throw new UserError(`side is ${side}, but must be a whole number of at least 2`);
  }
  const { classes } = classifier;
  const axis = Array.from({ length: side }, (_, k) => limit * (2 * k / (side - 1) - 1));
  const points = Float32Array.from(axis.flatMap((y) => axis.flatMap((x) => [x, y])));
  const logits = await readLogits(classifier, () => pointImages({ points }));
  return { classes, axis, logits, top: topClasses(logits, classes) };
}

/**
 * Computes the share of the grid that two classifiers put in the same class, 0…1.
 *
 * @throws UserError if the grids differ
 */
export function regionAgreement(a: ClassRegions, b: ClassRegions): number {
  if (String(a.axis) !== String(b.axis)) {
    throw new UserError(
      `regions on different grids cannot be compared: ${describeGrid(a)} and ${
        describeGrid(b)
      }; make ` +
        "both with the same limit and side",
    );
  }
  return a.top.filter((top, index) => top === b.top[index]).length / a.top.length;
}

function describeGrid({ axis }: ClassRegions): string {
  return `${axis.length} × ${axis.length} points within ±${axis.at(-1)}`;
}
