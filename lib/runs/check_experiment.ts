import type { Experiment } from "./experiment.ts";
import { labelOf } from "./overrides.ts";
import type { PlannedRun } from "./planned_run.ts";
import { measureNamed } from "./table/measures.ts";
import { canonicalJson } from "../training/run_specification.ts";
import { UserError } from "../user_error.ts";

/**
 * Checks what the file of an experiment may get wrong, before anything is trained.
 *
 * @throws UserError that names it
 */
export function checkExperiment({ name, measures, reference, scales }: Experiment): void {
  const refuse = (what: string): never => {
    throw new UserError(`experiment ${name} ${what}; correct its file in experiments`);
  };
  if (measures.length === 0) refuse("has no measure");
  measures.forEach(measureNamed);
  for (const grid of Object.values(scales).flat()) {
    for (const key of ["fractions", "students", "methods", "seeds"] as const) {
      if (grid[key].length === 0) refuse(`has no ${key}`);
    }
  }
  const labels = Object.values(scales).flat().flatMap(({ methods }) => methods.map(labelOf));
  if (!labels.includes(reference)) {
    refuse(`has the reference "${reference}", which is none of its methods`);
  }
}

/**
 * Checks that a label stands for one method with one set of options: tables and verdicts find runs
 * by it.
 *
 * @throws UserError that names the label
 */
export function checkLabels({ name }: Experiment, runs: readonly PlannedRun[]): void {
  const places = Map.groupBy(
    runs,
    ({ label, specification: { dataset, teacher, student, protocol, seed } }) =>
      canonicalJson({ label, dataset, teacher, student, protocol, seed }),
  );
  for (const [first, ...others] of places.values()) {
    if (others.every((run) => run.name === first.name)) continue;
    throw new UserError(
      `two methods of ${name} with different options are both called "${first.label}"; give each a ` +
        `label of its own in the experiment's file`,
    );
  }
}
