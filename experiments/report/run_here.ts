import type { ExperimentReport } from "./experiment_report.ts";
import { checkInputs } from "../plan/check_inputs.ts";
import { keepInputCards } from "../plan/input_cards.ts";
import { ProgressReport } from "../runner/progress_report.ts";
import { runMissing } from "../runner/run_missing.ts";
import { tellRest } from "../runner/tell_rest.ts";
import { workLeft } from "../runner/work_left.ts";
import { startBackend } from "../../lib/backend/start_backend.ts";

/**
 * Trains and measures in a notebook what is missing of an experiment, with a bar below the cell; does
 * nothing where nothing is. What fails is listed with its cause, as on the command line.
 *
 * @throws UserError if the data set or the teacher is missing, or is another one than that of the results
 * @param backend the first that works here if left out
 */
export async function runHere(
  { folder, plan, sources }: ExperimentReport,
  backend?: string,
): Promise<void> {
  const works = await workLeft(folder, plan);
  if (works.length === 0) return;
  await checkInputs(works.map(({ run }) => run), sources);
  await keepInputCards(folder.path, plan);
  const started = await startBackend(backend);
  const progress = new ProgressReport(works);
  try {
    const report = await runMissing(plan, {
      folder,
      backend: started.backend.name,
      onNews: (run, news) => progress.tell(run, news),
    });
    await tellRest(report, folder);
  } finally {
    await progress.end();
  }
}
