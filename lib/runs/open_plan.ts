import { checkKeys, chosenMethods, type PlanChoices, planRuns, type PlanSources } from "./plan.ts";
import type { Experiment } from "./experiment.ts";
import { checkOverridesUsed } from "./overrides.ts";
import { type PlanFolders, planSources, recordedSources } from "./plan_sources.ts";
import type { PlannedRun } from "./planned_run.ts";
import { UserError } from "../user_error.ts";

/**
 * The runs of an experiment, with its data sets loaded and its teachers found.
 *
 * @throws UserError for a bad choice, a data set or a teacher that is not there
 */
export async function openPlan(
  experiment: Experiment,
  choices: PlanChoices,
  folders: PlanFolders = {},
): Promise<PlannedRun[]> {
  checkKeys("openPlan", choices);
  if (choices.set) checkOverridesUsed(choices.set, chosenMethods(experiment, choices));
  return await planRuns(experiment, choices, planSources(folders));
}

/** An experiment's own runs, and those that were asked for now. */
export interface Plan {
  readonly own: readonly PlannedRun[];
  readonly asked: readonly PlannedRun[];
}

/**
 * Plans experiments with the images and teachers at hand; where one is not, with what the results folder says of
 * both, which is enough for tables of results that are whole.
 *
 * @param results the path of the results folder
 * @throws UserError for a bad choice, a data set or a teacher that is neither at hand nor described
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
  const { scale, dataset } = choices;
  for (const experiment of new Set(chosen)) {
    plans.set(experiment, {
      own: await planRuns(experiment, { scale, dataset }, sources),
      asked: await planRuns(experiment, choices, sources),
    });
  }
  return plans;
}

/**
 * An experiment's own runs that others were asked for beside: with the same images, student and seed as one
 * of those, so that all means are over the same seeds.
 */
export function ownBeside({ own, asked }: Plan): PlannedRun[] {
  const isAsked = new Set(asked.map(({ name }) => name));
  const places = new Set(asked.map(placeOf));
  return own.filter((run) => !isAsked.has(run.name) && places.has(placeOf(run)));
}

function placeOf({ specification: { dataset, student, seed } }: PlannedRun): string {
  return JSON.stringify([dataset, student, seed]);
}
