import { join, relative } from "node:path";
import { checkKeys, chosenMethods, type PlanChoices, planRuns } from "../plan.ts";
import { type Experiment, variantClaims } from "../experiment.ts";
import { checkOverridesUsed } from "../overrides.ts";
import { type LoadedSources, planSources, recordedSources, RESULTS } from "../plan_sources.ts";
import { type PlannedRun, resultNameOf } from "../planned_run.ts";
import { reproduceCommand } from "../choices.ts";
import type { DataOptions } from "../../data/data_source.ts";
import { exists } from "../../data/read_data_file.ts";
import { PROJECT_ROOT } from "../../files/project_root.ts";
import { ResultsFolder } from "../../store/results_folder.ts";

/** Marks a folder of results that come with the project. */
const MARK = "COMMITTED.md";

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
 * Opens an experiment for a notebook, and writes nothing. Where the results folder describes its data set
 * and teacher, neither need be at hand to look at what is there. Where results that come with the
 * project hold none of the runs, the report is of the folder `results` instead.
 *
 * @throws UserError for an unknown choice, a results folder, a data set or a teacher that is
 *   not there
 */
export async function reportOf(
  experiment: Experiment,
  { results = RESULTS, dataFolder, acceptUnverified, ...choices }: ReportChoices,
): Promise<ExperimentReport> {
  checkKeys("openReport", choices, ["results", "dataFolder", "acceptUnverified"]);
  if (choices.set) checkOverridesUsed(choices.set, chosenMethods(experiment, choices));
  const named = await ResultsFolder.openToRead(results);
  const sources = planSources({ results: named.path, dataFolder, acceptUnverified });
  const plan = await planRuns(experiment, choices, recordedSources(named.path, sources));
  const claims = [...experiment.claims, ...variantClaims(plan)];
  const folder = await folderOf(plan, named);
  return { experiment: { ...experiment, claims }, choices, folder, sources, plan };
}

/** Gives the folder that was named, or the project's own. */
async function folderOf(
  plan: readonly PlannedRun[],
  named: ResultsFolder,
): Promise<ResultsFolder> {
  const present = await named.present();
  if (plan.some((run) => present.has(resultNameOf(run))) || !await isCommitted(named)) return named;
  const own = relative(".", RESULTS);
  console.log(
    `${named.path} comes with the project and holds none of these runs; taking ${own} instead`,
  );
  return await ResultsFolder.openToRead(own);
}

/** Looks for the mark of results that come with the project, to which only a command that names them adds. */
export async function isCommitted({ path }: ResultsFolder): Promise<boolean> {
  return await exists(join(path, MARK));
}

/** The command that makes what is missing, its paths from the project's folder. */
export function commandFor({ experiment, choices, folder }: ExperimentReport): string {
  const results = relative(PROJECT_ROOT, Deno.realPathSync(folder.path));
  return reproduceCommand(experiment.name, choices, results);
}
