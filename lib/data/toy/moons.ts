import { number, resolveOptions } from "../../options.ts";
import { type Curve, scatterPoints } from "./scatter_points.ts";
import type { Toy } from "./toy.ts";

const options = {
  /** Standard deviation of the noise; the radius of a moon is 1. */
  noise: number(0.2, { min: 0 }),
};

/** Evenly from (1, 0) to (−1, 0), both included. */
const upper: Curve = (count) =>
  Array.from({ length: count }, (_, index) => {
    const angle = Math.PI * index / Math.max(count - 1, 1);
    return [Math.cos(angle), Math.sin(angle)];
  });

const lower: Curve = (count) => upper(count).map(([x, y]) => [1 - x, 0.5 - y]);

/** Two half circles that reach into each other. */
export const moons: Toy<typeof options> = {
  name: "moons",
  summary: "two half circles that reach into each other (scikit-learn's make_moons)",
  options,
  make(count, random, given = {}) {
    const { noise } = resolveOptions("moons", options, given);
    const placement = { noise, centre: [0.5, 0.25], scale: 1.2 } as const;
    return scatterPoints("moons", count, [upper, lower], placement, random);
  },
};
