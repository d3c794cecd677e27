import { checkChoices } from "./check_choices.ts";
import { checkSetUsed, type PlanChoices, planRuns, type PlanSources } from "./plan.ts";
import type { Experiment } from "./experiment.ts";
import { type PlanFolders, planSources, recordedSources } from "./plan_sources.ts";
import type { PlannedRun } from "./planned_run.ts";
import { UserError } from "../user_error.ts";

/**
 * Plans the runs of an experiment. Loads its data sets and finds its teachers.
 *
 * @throws UserError for a bad choice, or if a data set or teacher is missing
 */
export async function openPlan(
  experiment: Experiment,
  choices: PlanChoices,
  folders: PlanFolders = {},
): Promise<PlannedRun[]> {
  checkChoices("openPlan", choices);
  checkSetUsed([experiment], choices);
  return await planRuns(experiment, choices, planSources(folders));
}

/** The runs of an experiment. */
export interface Plan {
  /** Its default runs */
  readonly own: readonly PlannedRun[];
  /** Its default runs, but with the requested seeds */
  readonly ofSeeds: readonly PlannedRun[];
  /** The requested runs */
  readonly asked: readonly PlannedRun[];
}

/**
 * Plans experiments with the images and teachers at hand. If one is missing, plans with the results
 * folder's cards, which are enough for tables of finished results.
 *
 * @param results the path of the results folder
 * @throws UserError for a bad choice, or for a data set or teacher that is neither at hand nor
 *   described
 */
export async function planExperiments(
  chosen: readonly Experiment[],
  choices: PlanChoices,
  results: string,
  atHand: PlanSources,
): Promise<Map<Experiment, Plan>> {
  try {
    return await plansWith(chosen, choices, atHand);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return await plansWith(chosen, choices, recordedSources(results, atHand));
  }
}

async function plansWith(
  chosen: readonly Experiment[],
  choices: PlanChoices,
  sources: PlanSources,
): Promise<Map<Experiment, Plan>> {
  const plans = new Map<Experiment, Plan>();
  const { scale, dataset, seeds } = choices;
  for (const experiment of new Set(chosen)) {
    const own = await planRuns(experiment, { scale, dataset }, sources);
    plans.set(experiment, {
      own,
      ofSeeds: seeds ? await planRuns(experiment, { scale, dataset, seeds }, sources) : own,
      asked: await planRuns(experiment, choices, sources),
    });
  }
  return plans;
}

/**
 * Gives the default runs with the same images, student and seed as a requested run, so that all
 * means are over the same seeds.
 */
export function ownBeside({ ofSeeds, asked }: Pick<Plan, "ofSeeds" | "asked">): PlannedRun[] {
  const isAsked = new Set(asked.map(({ name }) => name));
  const places = new Set(asked.map(placeOf));
  return ofSeeds.filter((run) => !isAsked.has(run.name) && places.has(placeOf(run)));
}

function placeOf({ specification: { dataset, student, seed } }: PlannedRun): string {
  return JSON.stringify([dataset, student, seed]);
}
