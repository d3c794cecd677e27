import { number, resolveOptions } from "../../options.ts";
import { type Curve, scatterPoints } from "./scatter_points.ts";
import type { Toy } from "./toy.ts";

const options = {
  /** Standard deviation of the noise; the radius of the outer circle is 1. */
  noise: number(0.08, { min: 0 }),
  /** Radius of the inner circle. */
  factor: number(0.5, { min: 0, max: 0.99 }),
};

/** Evenly all around, from (radius, 0). */
const circle = (radius: number): Curve => (count) =>
  Array.from({ length: count }, (_, index) => {
    const angle = 2 * Math.PI * index / count;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });

/** A circle around another; class 0 is the outer one. */
export const circles: Toy<typeof options> = {
  name: "circles",
  summary: "a circle around another (scikit-learn's make_circles)",
  options,
  make(count, random, given = {}) {
    const { noise, factor } = resolveOptions("circles", options, given);
    const placement = { noise, centre: [0, 0], scale: 1.6 } as const;
    return scatterPoints("circles", count, [circle(1), circle(factor)], placement, random);
  },
};
