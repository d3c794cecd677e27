import { boundary } from "./boundary.ts";
import type { Evaluation } from "./evaluation.ts";
import { fidelity } from "./fidelity.ts";
import { named } from "../../named.ts";
import { robustness } from "./robustness.ts";

/** All evaluations of a finished student. */
const evaluations = [boundary, robustness, fidelity] as unknown as readonly Evaluation[];

/** @throws UserError listing the valid names if the name is unknown */
export function evaluationNamed(name: string): Evaluation {
  return named("evaluation", evaluations, name);
}
