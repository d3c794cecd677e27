import * as tf from "@tensorflow/tfjs";

/** Labelled points of the plane. */
export interface PointSet {
  /** "moons", … */
  readonly name: string;
  /** `[n, 2]`, row-major; those of the toys lie within about ±2 */
  readonly points: Float32Array;
  /** n class indices */
  readonly labels: Int32Array;
  readonly classes: number;
}

/**
 * Points as images of one pixel with two channels, x and y, so that attacks, selection rules and
 * methods take them as they take images.
 *
 * @param indices which of the points; all if left out
 * @returns `[n, 1, 1, 2]`
 */
export function pointImages(
  { points }: Pick<PointSet, "points">,
  indices?: ArrayLike<number>,
): tf.Tensor4D {
  const chosen = indices
    ? Float32Array.from(Array.from(indices).flatMap((i) => [points[2 * i], points[2 * i + 1]]))
    : points;
  return tf.tensor4d(chosen, [chosen.length / 2, 1, 1, 2]);
}
