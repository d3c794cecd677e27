import { type PlannedEvaluation, type PlannedRun, resultNameOf } from "./planned_run.ts";
import { studentFile } from "./table/run_results.ts";
import { exists } from "../files/exists.ts";
import type { ResultsFolder } from "../store/results_folder.ts";

/** The unfinished work of a run. */
export interface WorkLeft {
  readonly run: PlannedRun;
  /** Also true if the run is trained, but its weights are lost and an evaluation needs them. */
  readonly training: boolean;
  readonly evaluations: readonly PlannedEvaluation[];
}

/**
 * Lists the unfinished runs of a plan: seed by seed, since a seed's runs are compared with each other
 * and belong on one machine, and the heaviest of a seed first.
 */
export async function workLeft(
  folder: ResultsFolder,
  plan: readonly PlannedRun[],
): Promise<WorkLeft[]> {
  const present = await folder.present();
  const works = await Promise.all(plan.map(async (run): Promise<WorkLeft> => {
    const isTrained = present.has(resultNameOf(run));
    const evaluations = run.evaluations.filter(({ result }) => !present.has(result));
    const training = !isTrained ||
      evaluations.length > 0 && !await exists(studentFile(folder, run));
    return { run, training, evaluations };
  }));
  return works
    .filter(({ training, evaluations }) => training || evaluations.length > 0)
    .sort((a, b) =>
      a.run.specification.seed - b.run.specification.seed || b.run.flops - a.run.flops
    );
}

/** Estimates the floating-point operations of the unfinished work. */
export function flopsOf({ run, training, evaluations }: WorkLeft): number {
  return evaluations.reduce((sum, { flops }) => sum + flops, training ? run.flops : 0);
}
