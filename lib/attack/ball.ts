import * as tf from "@tensorflow/tfjs";
import seedrandom from "seedrandom";
import { rowNorms, scaleRows } from "../tensors/rows.ts";
import { standardNormal } from "../nn/initialise.ts";
import { boundsOf, number, oneOf, type Options, pixelBounds } from "../options.ts";

/** The norms that measure a perturbation. */
export const NORMS = ["linf", "l2"] as const;
export type Norm = typeof NORMS[number];

/** Options of attacks within a ball. */
export const ballOptions = {
  /** The norm that measures perturbations */
  norm: oneOf("linf", NORMS),
  /** ε: the radius of the ball, in the units of the pixels */
  epsilon: number(8 / 255, { min: 0 }),
  /** Bounds of the pixels, in the units of the images */
  clamp: pixelBounds([0, 1]),
};

/** The smallest norm to divide by; smaller norms count as zero. */
const TINY = 1e-30;

/** The images within `epsilon` of a given image, with pixels within bounds. */
export type Ball = Options<typeof ballOptions>;

/**
 * Finds the direction of unit size along which a linear function with this gradient rises most.
 *
 * @param floor added to the L2 norms before the gradients are divided by them, `[n]`
 */
export function steepest(
  gradient: tf.Tensor4D,
  norm: Norm,
  floor: tf.Tensor1D | number = TINY,
): tf.Tensor4D {
  if (norm === "linf") return tf.sign(gradient);
  return tf.tidy(() =>
    scaleRows(gradient, tf.div(1, tf.add(rowNorms(gradient), floor)) as tf.Tensor1D)
  );
}

/** Moves x to the nearest point of the ball around `origin` (for L2, before pixels are clamped). */
export function project(
  x: tf.Tensor4D,
  origin: tf.Tensor4D,
  { norm, epsilon, clamp }: Ball,
): tf.Tensor4D {
  return tf.tidy(() => {
    const inBall = norm === "linf"
      ? tf.minimum(tf.maximum(x, tf.sub(origin, epsilon)), tf.add(origin, epsilon))
      : withinL2(x, origin, epsilon);
    return tf.clipByValue(inBall, ...boundsOf(clamp)) as tf.Tensor4D;
  });
}

function withinL2(x: tf.Tensor4D, origin: tf.Tensor4D, epsilon: number): tf.Tensor {
  const perturbation = tf.sub(x, origin) as tf.Tensor4D;
  const factor = tf.minimum(tf.div(epsilon, tf.maximum(rowNorms(perturbation), TINY)), 1);
  return tf.add(origin, scaleRows(perturbation, factor as tf.Tensor1D));
}

/** Computes the norm of each image of a batch of perturbations, `[n]`. */
export function sizes(perturbations: tf.Tensor4D, norm: Norm): tf.Tensor1D {
  if (norm === "l2") return rowNorms(perturbations);
  return tf.tidy(() => tf.max(tf.abs(perturbations), [1, 2, 3]));
}

/** Makes a stream of random numbers in [0, 1) for each image. */
export function imageStreams(count: number, random: () => number): (() => number)[] {
  // An image takes thousands of numbers: with ARC4 instead of Alea they take longer than the attack.
  return Array.from(
    { length: count },
    () => seedrandom.alea(String(random())) as () => number,
  );
}

/** Draws a unit vector for each image, with all directions equally likely, `[n, h, w, c]`. */
export function randomDirections(
  shape: readonly number[],
  streams: readonly (() => number)[],
): tf.Tensor4D {
  return fromRows(shape, streams, (stream, row) => {
    let squares = 0;
    for (let i = 0; i < row.length; i++) squares += (row[i] = standardNormal(stream)) ** 2;
    const norm = Math.sqrt(squares);
    for (let i = 0; i < row.length; i++) row[i] /= norm;
  });
}

/** Draws points of the unit ball: uniform for L∞; for L2, direction and radius are uniform. */
export function randomInBall(
  shape: readonly number[],
  streams: readonly (() => number)[],
  norm: Norm,
): tf.Tensor4D {
  if (norm === "linf") {
    return fromRows(shape, streams, (stream, row) => {
      for (let i = 0; i < row.length; i++) row[i] = 2 * stream() - 1;
    });
  }
  const radii = Float32Array.from(streams, (stream) => stream());
  return tf.tidy(() => scaleRows(randomDirections(shape, streams), tf.tensor1d(radii)));
}

function fromRows(
  shape: readonly number[],
  streams: readonly (() => number)[],
  fill: (stream: () => number, row: Float32Array) => void,
): tf.Tensor4D {
  const size = shape.slice(1).reduce((product, length) => product * length, 1);
  const values = new Float32Array(streams.length * size);
  streams.forEach((stream, i) => fill(stream, values.subarray(i * size, (i + 1) * size)));
  return tf.tensor4d(values, shape as [number, number, number, number]);
}
