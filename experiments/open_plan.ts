import { join } from "node:path";
import type { Experiment } from "./experiment.ts";
import { type PlanChoices, type PlannedRun, planRuns } from "./run_plan.ts";
import type { DataOptions } from "../lib/data/data_source.ts";
import { loadDataset } from "../lib/data/load_dataset.ts";
import { PROJECT_ROOT } from "../lib/files/project_root.ts";
import { findTeacher } from "../lib/training/teacher_store.ts";

/** The folder that commands and notebooks use unless told otherwise. */
export const RESULTS = join(PROJECT_ROOT, "results");

/** The runs of an experiment, with its data set loaded and its teacher found. */
export async function openPlan(
  experiment: Experiment,
  choices: PlanChoices,
  { results = RESULTS, ...data }: DataOptions & { readonly results?: string } = {},
): Promise<PlannedRun[]> {
  return await planRuns(experiment, choices, {
    dataset: (name) => loadDataset(name, data),
    teacher: (dataset, network) => findTeacher(results, dataset, network),
  });
}
