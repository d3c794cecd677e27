import { choiceArguments } from "./choices.ts";
import { RESULTS } from "./plan_sources.ts";
import type { PlanChoices } from "./run_plan.ts";

/**
 * What to type to get runs of an experiment.
 *
 * @param results the path of the results folder, as it is to be shown
 */
export function reproduceCommand(
  experiment: string,
  choices: PlanChoices,
  results: string,
): string {
  return [
    `deno task reproduce ${experiment}`,
    ...choiceArguments(choices),
    ...(results === RESULTS || results === "results" ? [] : [`--results ${results}`]),
  ].join(" ");
}
