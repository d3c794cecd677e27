import type { PlannedEvaluation, PlannedRun } from "./planned_run.ts";
import { resultNameOf } from "./planned_run.ts";
import { studentFile } from "./table/run_results.ts";
import { exists } from "../data/read_data_file.ts";
import type { ResultsFolder } from "../store/results_folder.ts";

/** What is still to be done of a run. */
export interface WorkLeft {
  readonly run: PlannedRun;
  /** Also where it was trained, but its weights are not kept and something is to be measured of them. */
  readonly training: boolean;
  readonly evaluations: readonly PlannedEvaluation[];
}

/** The runs of which something is missing in the results folder, heaviest first. */
export async function workLeft(
  folder: ResultsFolder,
  plan: readonly PlannedRun[],
): Promise<WorkLeft[]> {
  const present = await folder.present();
  const works = await Promise.all(plan.map(async (run): Promise<WorkLeft> => {
    const isTrained = present.has(resultNameOf(run));
    const evaluations = run.evaluations.filter(({ result }) => !present.has(result));
    const hasWeights = isTrained && evaluations.length > 0 &&
      await exists(studentFile(folder, run));
    return { run, training: !isTrained || evaluations.length > 0 && !hasWeights, evaluations };
  }));
  return works
    .filter(({ training, evaluations }) => training || evaluations.length > 0)
    .sort((a, b) => b.run.flops - a.run.flops);
}

/** Estimated floating-point operations of what is still to be done. */
export function flopsOf({ run, training, evaluations }: WorkLeft): number {
  return evaluations.reduce((sum, { flops }) => sum + flops, training ? run.flops : 0);
}
