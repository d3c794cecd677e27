import { boundary } from "./boundary.ts";
import type { Evaluation } from "./evaluation.ts";
import { named } from "../../named.ts";
import { robustness } from "./robustness.ts";

/** Everything that can be measured of a finished student. */
export const evaluations = [boundary, robustness] as unknown as readonly Evaluation[];

/** @throws UserError that lists the valid names */
export function evaluationNamed(name: string): Evaluation {
  return named("evaluation", evaluations, name);
}
