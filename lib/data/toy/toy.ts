import { named } from "../../named.ts";
import type { Options, Rules } from "../../options.ts";
import { circles } from "./circles.ts";
import { moons } from "./moons.ts";
import type { PointSet } from "./point_set.ts";
import { spirals } from "./spirals.ts";

/** A problem in the plane, which can be drawn. A toy is a value: a file, and a line in `toys`. */
export interface Toy<R extends Rules = Rules> {
  readonly name: string;
  /** One sentence with its source. */
  readonly summary: string;
  readonly options: R;
  /**
   * Draws points; the classes have as equally many as can be.
   *
   * @param count of all classes together
   * @param random numbers in [0, 1); the same ones give the same points
   * @throws UserError for a bad option, or fewer points than classes
   */
  make(count: number, random: () => number, options?: Partial<Options<R>>): PointSet;
}

/** Every toy. */
export const toys = [moons, circles, spirals] as unknown as readonly Toy[];

/**
 * The toy of that name: "moons".
 *
 * @throws UserError that lists the valid names
 */
export function toyNamed(name: string): Toy {
  return named("toy", toys, name);
}
