import { relative } from "node:path";
import { experimentNamed } from "../experiments.ts";
import { variantClaims } from "../plan/claim.ts";
import type { Experiment } from "../plan/experiment.ts";
import { checkOverridesUsed } from "../plan/overrides.ts";
import { type LoadedSources, planSources, recordedSources, RESULTS } from "../plan/plan_sources.ts";
import type { PlannedRun } from "../plan/planned_run.ts";
import { reproduceCommand } from "../plan/reproduce_command.ts";
import { chosenMethods, type PlanChoices, planRuns } from "../plan/run_plan.ts";
import type { DataOptions } from "../../lib/data/data_source.ts";
import { PROJECT_ROOT } from "../../lib/files/project_root.ts";
import { ResultsFolder } from "../../lib/report/results_folder.ts";

/** An experiment at a scale with its place for results: what the cells of a notebook are about. */
export interface ExperimentReport {
  /** With the question of each variant, whether it is better than the default beside it */
  readonly experiment: Experiment;
  readonly choices: PlanChoices;
  readonly folder: ResultsFolder;
  /** Loads the images and finds the weights that are needed to train. */
  readonly sources: LoadedSources;
  readonly plan: readonly PlannedRun[];
}

/** What a notebook chooses. */
export interface ReportChoices extends PlanChoices, DataOptions {
  /** The results folder; the project's own if left out */
  readonly results?: string;
}

/**
 * Opens an experiment for a notebook. Where the results folder describes its data set and teacher, neither
 * need be at hand to look at what is there.
 *
 * @throws UserError for an unknown experiment or choice, a data set or a teacher that is not there
 */
export async function openReport(
  name: string,
  { results = RESULTS, dataFolder, acceptUnverified, ...choices }: ReportChoices,
): Promise<ExperimentReport> {
  const experiment = experimentNamed(name);
  if (choices.set) checkOverridesUsed(choices.set, chosenMethods(experiment, choices));
  const folder = await ResultsFolder.open(results);
  const sources = planSources({ results: folder.path, dataFolder, acceptUnverified });
  const plan = await planRuns(experiment, choices, recordedSources(folder.path, sources));
  const claims = [...experiment.claims, ...variantClaims(plan)];
  return { experiment: { ...experiment, claims }, choices, folder, sources, plan };
}

/** The command that makes what is missing, its paths from the project's folder. */
export function commandFor({ experiment, choices, folder }: ExperimentReport): string {
  const results = relative(PROJECT_ROOT, Deno.realPathSync(folder.path));
  return reproduceCommand(experiment.name, choices, results);
}
