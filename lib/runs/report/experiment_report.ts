import { join, relative } from "node:path";
import { checkChoices } from "../check_choices.ts";
import { checkSetUsed, type PlanChoices, planRuns } from "../plan.ts";
import { claimsAt } from "../claim.ts";
import type { Experiment } from "../experiment.ts";
import { type LoadedSources, planSources, recordedSources } from "../plan_sources.ts";
import { mergePlans, type PlannedRun, resultNameOf } from "../planned_run.ts";
import { reproduceCommand } from "../choices.ts";
import type { DataOptions } from "../../data/data_source.ts";
import { exists } from "../../files/exists.ts";
import { PROJECT_ROOT, RESULTS } from "../../files/project_root.ts";
import { ResultsFolder } from "../../store/results_folder.ts";

/** The file that marks results that come with the project. */
const MARK = "COMMITTED.md";

/** An experiment at a scale with its results folder, for the cells of a notebook. */
export interface ExperimentReport {
  /** The experiment with its claims at the chosen scale, and one for each variant */
  readonly experiment: Experiment;
  readonly choices: PlanChoices;
  /** The choices of each part */
  readonly parts: readonly PlanChoices[];
  readonly folder: ResultsFolder;
  /** The sources of images and weights for training */
  readonly sources: LoadedSources;
  /** The place of the images, for workers and commands */
  readonly data: DataOptions;
  readonly plan: readonly PlannedRun[];
}

/** The choices of a notebook. */
export interface ReportChoices extends PlanChoices, DataOptions {
  /** The results folder; the project's own if left out */
  readonly results?: string;
  /** Choices of parts whose runs are shown together, such as more seeds for some of the methods */
  readonly parts?: readonly Partial<Omit<PlanChoices, "scale" | "dataset">>[];
}

/**
 * Opens an experiment for a notebook, and writes nothing. If the results folder describes its
 * data set and teacher (in `inputs/`), finished results open without either. If a folder that comes with the
 * project has none of the runs, opens the folder `results` instead.
 *
 * @throws UserError for an unknown choice, or if a results folder, data set or teacher is missing
 */
export async function reportOf(
  experiment: Experiment,
  { results = RESULTS, parts: given = [{}], dataFolder, acceptUnverified, ...choices }:
    ReportChoices,
): Promise<ExperimentReport> {
  checkChoices("openReport", choices, ["results", "parts", "dataFolder", "acceptUnverified"]);
  for (const part of given) checkChoices("a part of openReport", part);
  const { scale, dataset } = choices;
  const parts = given.map((part): PlanChoices => ({ ...choices, ...part, scale, dataset }));
  for (const part of parts) checkSetUsed([experiment], part);
  const named = await ResultsFolder.openToRead(results);
  const data = { dataFolder, acceptUnverified };
  const sources = planSources({ results: named.path, ...data });
  const recorded = recordedSources(named.path, sources);
  const plan = mergePlans(
    await Promise.all(parts.map((part) => planRuns(experiment, part, recorded))),
  );
  const claims = claimsAt(experiment, scale, plan);
  const folder = await folderOf(plan, named);
  return { experiment: { ...experiment, claims }, choices, parts, folder, sources, data, plan };
}

/** Opens the named folder, or the project's default one. */
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

/** True if results come with the project. Only a command that names such a folder adds to it. */
export async function isCommitted({ path }: ResultsFolder): Promise<boolean> {
  return await exists(join(path, MARK));
}

/** Writes the command that makes what is missing, with paths relative to the project's folder. */
export function commandFor({ experiment, parts, folder, data }: ExperimentReport): string {
  const results = relative(PROJECT_ROOT, Deno.realPathSync(folder.path));
  return parts.map((part) => reproduceCommand(experiment.name, part, results, data)).join(" && ");
}
