import type { Plan } from "./open_plan.ts";
import type { PlannedRun } from "./planned_run.ts";

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
