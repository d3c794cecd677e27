import { standardNormal } from "../../nn/initialise.ts";
import { UserError } from "../../user_error.ts";
import type { PointSet } from "./point_set.ts";

/** Where so many points of one class lie, before noise and scale. */
export type Curve = (count: number) => readonly (readonly [x: number, y: number])[];

/** How curves come to the plane. */
export interface Placement {
  /** Standard deviation of the normal noise in x and in y, in units of the curves */
  readonly noise: number;
  /** The point of the curves that goes to (0, 0) */
  readonly centre: readonly [x: number, y: number];
  /** The length of a unit of the curves */
  readonly scale: number;
}

/**
 * Points around curves, one class a curve: noise is added, then curves and noise are moved and scaled.
 *
 * The classes have as equally many points as can be, the first ones fewer, as scikit-learn has it.
 *
 * @param count of all classes together
 * @param random numbers in [0, 1), four a point
 * @throws UserError if there is not a point for each class
 */
export function scatterPoints(
  name: string,
  count: number,
  curves: readonly Curve[],
  { noise, centre, scale }: Placement,
  random: () => number,
): PointSet {
  const classes = curves.length;
  if (!Number.isInteger(count) || count < classes) {
    throw new UserError(
      `${name} with ${classes} classes is to have ${count} points, ` +
        `but must have a whole number of at least ${classes}`,
    );
  }
  const counts = curves.map((_, label) => Math.floor((count + label) / classes));
  const place = (point: readonly number[]) =>
    point.map((value, axis) => scale * (value + noise * standardNormal(random) - centre[axis]));
  return {
    name,
    points: Float32Array.from(curves.flatMap((curve, k) => curve(counts[k]).flatMap(place))),
    labels: Int32Array.from(counts.flatMap((size, label) => Array(size).fill(label))),
    classes,
  };
}
