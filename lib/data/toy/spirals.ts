import { integer, number, resolveOptions } from "../../options.ts";
import { type Curve, scatterPoints } from "./scatter_points.ts";
import type { Toy } from "./toy.ts";

const options = {
  /** Standard deviation of the noise; the outer end of an arm is at radius 1. */
  noise: number(0.04, { min: 0 }),
  /** One a class. */
  arms: integer(3, { min: 2, max: 10 }),
  /** How often an arm goes around the centre. */
  turns: number(0.75, { min: 0 }),
};

/**
 * Evenly along the radius, without the centre, where all arms meet.
 *
 * @param start where it leaves the centre, in turns
 */
const arm = (start: number, turns: number): Curve => (count) =>
  Array.from({ length: count }, (_, index) => {
    const radius = (index + 1) / count;
    const angle = 2 * Math.PI * (start + turns * radius);
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });

/** Archimedes' spirals, `radius ∝ angle`; with two arms the problem of Lang and Witbrock. */
export const spirals: Toy<typeof options> = {
  name: "spirals",
  summary: "arms of a spiral, one a class (Lang and Witbrock 1988, who have two)",
  options,
  make(count, random, given = {}) {
    const { noise, arms, turns } = resolveOptions("spirals", options, given);
    const placement = { noise, centre: [0, 0], scale: 1.8 } as const;
    const curves = Array.from({ length: arms }, (_, k) => arm(k / arms, turns));
    return scatterPoints("spirals", count, curves, placement, random);
  },
};
