import { beyond } from "./beyond.ts";
import { boundaryStep } from "./boundary_step.ts";
import { budget } from "./budget.ts";
import { fidelity } from "./fidelity.ts";
import { figureData } from "./figure_data.ts";
import type { Experiment } from "../lib/runs/experiment.ts";
import {
  type ExperimentReport,
  type ReportChoices,
  reportOf,
} from "../lib/runs/report/experiment_report.ts";
import { named } from "../lib/named.ts";
import { precision } from "./precision.ts";
import { quickstart } from "./quickstart.ts";
import { robustness } from "./robustness.ts";
import { table1 } from "./table1.ts";
import { table2 } from "./table2.ts";
import { table3 } from "./table3.ts";
import { table4 } from "./table4.ts";
import { table5 } from "./table5.ts";
import { temperatureWeights } from "./temperature_weights.ts";
import { tuning } from "./tuning.ts";

/** All experiments. To add one, write a file and add it here. */
export const experiments: readonly Experiment[] = [
  quickstart,
  table1,
  table2,
  table3,
  table4,
  table5,
  figureData,
  robustness,
  fidelity,
  boundaryStep,
  budget,
  beyond,
  precision,
  temperatureWeights,
  tuning,
];

/**
 * Finds an experiment by its name in `reproduce`.
 *
 * @throws UserError listing the valid names
 */
export function experimentNamed(name: string): Experiment {
  return named("experiment", experiments, name);
}

/**
 * Opens an experiment by name for a notebook, as {@linkcode reportOf} does.
 *
 * @throws UserError listing the valid names
 */
export async function openReport(name: string, choices: ReportChoices): Promise<ExperimentReport> {
  return await reportOf(experimentNamed(name), choices);
}
