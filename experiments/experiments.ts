import { boundaryStep } from "./boundary_step.ts";
import { budget } from "./budget.ts";
import { figureData } from "./figure_data.ts";
import type { Experiment } from "./plan/experiment.ts";
import { quickstart } from "./quickstart.ts";
import { robustness } from "./robustness.ts";
import { table1 } from "./table1.ts";
import { table2 } from "./table2.ts";
import { table3 } from "./table3.ts";
import { table4 } from "./table4.ts";
import { table5 } from "./table5.ts";
import { temperatureWeights } from "./temperature_weights.ts";
import { UserError } from "../lib/user_error.ts";

/** Every experiment; adding one takes a file and a line here. */
export const experiments: readonly Experiment[] = [
  quickstart,
  table1,
  table2,
  table3,
  table4,
  table5,
  figureData,
  robustness,
  boundaryStep,
  budget,
  temperatureWeights,
];

/** @throws UserError that lists the valid names */
export function experimentNamed(name: string): Experiment {
  const experiment = experiments.find((candidate) => candidate.name === name);
  if (experiment) return experiment;
  const names = experiments.map((candidate) => candidate.name).join(", ");
  throw new UserError(`there is no experiment "${name}"; choose from ${names}`);
}
