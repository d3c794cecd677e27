import type { Norm } from "../../attack/ball.ts";
import { integer, type Options, type Rule } from "../../options.ts";

/** The largest distance by which an attack may move an image. */
export interface Budget {
  readonly norm: Norm;
  /** The radius, in units of 1/255 for "linf" and of pixels in 0…1 for "l2". */
  readonly epsilon: number;
}

/** Converts ε to the attacks' unit, pixels in 0…1. */
export function radiusOf({ norm, epsilon }: Budget): number {
  return norm === "linf" ? epsilon / 255 : epsilon;
}

/** Writes ε: "8/255" for L∞, "0.5" for L2. */
export function epsilonText({ norm, epsilon }: Budget): string {
  return norm === "linf" ? `${epsilon}/255` : `${epsilon}`;
}

/** The names of the norms in titles and tables. */
export const NORM_NAMES: Readonly<Record<Norm, string>> = { linf: "L∞", l2: "L2" };

/**
 * Makes the rule for a list of radii, each greater than 0 and none twice. In units of 1/255, one below
 * 0.05 is refused: it was probably meant in pixels of 0…1.
 */
export function radii(
  fallback: readonly number[],
  unit: "pixels" | "1/255" = "pixels",
): Rule<readonly number[]> {
  const least = unit === "1/255" ? 0.05 : Number.MIN_VALUE;
  return {
    default: fallback,
    allowed: unit === "1/255"
      ? "a list of numbers from 0.05, in units of 1/255, none twice"
      : "a list of numbers greater than 0, none twice",
    accepts: (value) =>
      Array.isArray(value) && value.every((entry) => Number.isFinite(entry) && entry >= least) &&
      new Set(value).size === value.length,
  };
}

/** Options of `robustAccuracy`. */
export const robustAccuracyOptions = {
  /** ε in L∞, in units of 1/255. */
  linf: radii([1, 2, 4, 8], "1/255"),
  /** ε in L2, in units of pixels in 0…1. */
  l2: radii([0.1, 0.25, 0.5, 1]),
  /** The number of images to attack at once. The results are the same up to rounding. */
  batchSize: integer(64, { min: 1 }),
  /** The seed of the attacks' random numbers. */
  seed: integer(1),
};

/** The options of `robustAccuracy`, each with a value. */
export type RobustAccuracyOptions = Options<typeof robustAccuracyOptions>;
