import type { Norm } from "../../attack/ball.ts";

/** How far an attack may move an image. */
export interface Budget {
  readonly norm: Norm;
  /** For "linf" in units of 1/255, the steps of 8-bit pixels; for "l2" in units of pixels in 0…1. */
  readonly epsilon: number;
}

/** ε in the units of pixels in 0…1, as attacks take it. */
export function radiusOf({ norm, epsilon }: Budget): number {
  return norm === "linf" ? epsilon / 255 : epsilon;
}

/** "8/255" for L∞, "0.5" for L2 */
export function epsilonText({ norm, epsilon }: Budget): string {
  return norm === "linf" ? `${epsilon}/255` : `${epsilon}`;
}

/** As in titles and tables. */
export const NORM_NAMES: Readonly<Record<Norm, string>> = { linf: "L∞", l2: "L2" };
