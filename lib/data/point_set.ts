import * as tf from "@tensorflow/tfjs";

/** Labelled points in the plane. */
export interface PointSet {
  /** Name, for example "moons". */
  readonly name: string;
  /** `[n, 2]`, row-major; the toys' points lie within about ±2. */
  readonly points: Float32Array;
  /** n class indices. */
  readonly labels: Int32Array;
  readonly classes: number;
}

/**
 * Converts points to images of one pixel with the channels x and y, so that attacks, selection
 * rules and methods can use them like images.
 *
 * @param indices indices of the points to convert; default: all
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
