import { named } from "../named.ts";
import { integer, number, type Options, resolveOptions, type Rules } from "../options.ts";
import type { PointSet } from "./point_set.ts";
import { standardNormal } from "../nn/initialise.ts";
import { UserError } from "../user_error.ts";

/** A classification problem in the plane, which can be drawn. To add one, add it to `toys`. */
export interface Toy<R extends Rules = Rules> {
  readonly name: string;
  /** One sentence with the problem's source. */
  readonly summary: string;
  readonly options: R;
  /**
   * Draws points, divided among the classes as equally as possible.
   *
   * @param count number of points of all classes together
   * @param random numbers in [0, 1); the same ones give the same points
   * @throws UserError for a bad option, or fewer points than classes
   */
  make(count: number, random: () => number, options?: Partial<Options<R>>): PointSet;
}

/** Computes `count` points of one class, before noise and scaling. */
type Curve = (count: number) => readonly (readonly [x: number, y: number])[];

/** The transformation of curves to the plane. */
interface Placement {
  /** Standard deviation of the normal noise in x and in y, in units of the curves. */
  readonly noise: number;
  /** The point of the curves that moves to (0, 0). */
  readonly centre: readonly [x: number, y: number];
  /** The length of a unit of the curves in the plane. */
  readonly scale: number;
}

/**
 * Draws points around curves, one class for each curve. Adds noise, then moves and scales the
 * points.
 *
 * The points are divided among the classes as equally as possible. The first classes get fewer, as
 * in scikit-learn.
 *
 * @param count number of points of all classes together
 * @param random numbers in [0, 1), four for each point
 * @throws UserError if there are fewer points than classes
 */
function scatterPoints(
  name: string,
  count: number,
  curves: readonly Curve[],
  { noise, centre, scale }: Placement,
  random: () => number,
): PointSet {
  const classes = curves.length;
  if (!Number.isInteger(count) || count < classes) {
    throw new UserError(
      `${name} with ${classes} classes cannot have ${count} points; ` +
        `give a whole number of at least ${classes}`,
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

const moonOptions = {
  /** Standard deviation of the noise; the radius of a moon is 1. */
  noise: number(0.2, { min: 0 }),
};

/** Evenly spaced points from (1, 0) to (−1, 0), both included. */
const upper: Curve = (count) =>
  Array.from({ length: count }, (_, index) => {
    const angle = Math.PI * index / Math.max(count - 1, 1);
    return [Math.cos(angle), Math.sin(angle)];
  });

const lower: Curve = (count) => upper(count).map(([x, y]) => [1 - x, 0.5 - y]);

/** Two interlocking half circles. */
export const moons: Toy<typeof moonOptions> = {
  name: "moons",
  summary: "two half circles that reach into each other (scikit-learn's make_moons)",
  options: moonOptions,
  make(count, random, given = {}) {
    const { noise } = resolveOptions("moons", moonOptions, given);
    const placement = { noise, centre: [0.5, 0.25], scale: 1.2 } as const;
    return scatterPoints("moons", count, [upper, lower], placement, random);
  },
};

const circleOptions = {
  /** Standard deviation of the noise; the radius of the outer circle is 1. */
  noise: number(0.08, { min: 0 }),
  /** Radius of the inner circle. */
  factor: number(0.5, { min: 0, max: 0.99 }),
};

/** Evenly spaced points on a circle, from (radius, 0). */
const circle = (radius: number): Curve => (count) =>
  Array.from({ length: count }, (_, index) => {
    const angle = 2 * Math.PI * index / count;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });

/** A circle around another. Class 0 is the outer one. */
export const circles: Toy<typeof circleOptions> = {
  name: "circles",
  summary: "a circle around another (scikit-learn's make_circles)",
  options: circleOptions,
  make(count, random, given = {}) {
    const { noise, factor } = resolveOptions("circles", circleOptions, given);
    const placement = { noise, centre: [0, 0], scale: 1.6 } as const;
    return scatterPoints("circles", count, [circle(1), circle(factor)], placement, random);
  },
};

const spiralOptions = {
  /** Standard deviation of the noise; the outer end of an arm is at radius 1. */
  noise: number(0.04, { min: 0 }),
  /** Number of arms, one for each class. */
  arms: integer(3, { min: 2, max: 10 }),
  /** Number of turns of an arm around the centre. */
  turns: number(0.75, { min: 0 }),
};

/**
 * Points evenly spaced along the radius, without the centre, where all arms meet.
 *
 * @param start direction in which the arm leaves the centre, in turns
 */
const arm = (start: number, turns: number): Curve => (count) =>
  Array.from({ length: count }, (_, index) => {
    const radius = (index + 1) / count;
    const angle = 2 * Math.PI * (start + turns * radius);
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });

/** Archimedes' spirals, `radius ∝ angle`; with two arms the problem of Lang and Witbrock. */
export const spirals: Toy<typeof spiralOptions> = {
  name: "spirals",
  summary: "arms of a spiral, one a class (Lang and Witbrock 1988, who have two)",
  options: spiralOptions,
  make(count, random, given = {}) {
    const { noise, arms, turns } = resolveOptions("spirals", spiralOptions, given);
    const placement = { noise, centre: [0, 0], scale: 1.8 } as const;
    const curves = Array.from({ length: arms }, (_, k) => arm(k / arms, turns));
    return scatterPoints("spirals", count, curves, placement, random);
  },
};

/** Every toy. */
export const toys: readonly Toy[] = [moons, circles, spirals];

/**
 * Finds a toy by its name, for example "moons".
 *
 * @throws UserError that lists the valid names
 */
export function toyNamed(name: string): Toy {
  return named("toy", toys, name);
}
