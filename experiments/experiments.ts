import type { Experiment } from "./experiment.ts";
import { quickstart } from "./quickstart.ts";
import { UserError } from "../lib/user_error.ts";

/** Every experiment; adding one takes a file and a line here. */
export const experiments: readonly Experiment[] = [quickstart];

/** @throws UserError that lists the valid names */
export function experimentNamed(name: string): Experiment {
  const experiment = experiments.find((candidate) => candidate.name === name);
  if (experiment) return experiment;
  const names = experiments.map((candidate) => candidate.name).join(", ");
  throw new UserError(`there is no experiment "${name}"; choose from ${names}`);
}
