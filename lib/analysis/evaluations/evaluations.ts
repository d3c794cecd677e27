import { boundary } from "./boundary.ts";
import type { Evaluation } from "./evaluation.ts";
import { robustness } from "./robustness.ts";
import { UserError } from "../../user_error.ts";

/** Everything that can be measured of a finished student. */
export const evaluations = [boundary, robustness] as unknown as readonly Evaluation[];

/** @throws UserError that lists the valid names */
export function evaluationNamed(name: string): Evaluation {
  const evaluation = evaluations.find((candidate) => candidate.name === name);
  if (evaluation) return evaluation;
  const names = evaluations.map((candidate) => candidate.name).join(", ");
  throw new UserError(`there is no evaluation "${name}"; choose from ${names}`);
}
