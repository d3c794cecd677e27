import { commandFor, type ExperimentReport, isCommitted } from "./experiment_report.ts";
import { checkInputs, keepInputCards } from "../input_cards.ts";
import { runShown } from "../run_and_report.ts";
import { workLeft } from "../work_left.ts";
import { startBackend } from "../../backend/start_backend.ts";
import { ResultsFolder } from "../../store/results_folder.ts";
import { UserError } from "../../user_error.ts";

/**
 * Trains and measures what is missing of an experiment, with a progress bar below the notebook's
 * cell. Does nothing if nothing is missing. Lists failed runs with their causes.
 *
 * @param backend the first one that works here if left out
 * @throws UserError if the results come with the project, or if the data set or teacher is missing
 *   or differs from that of the results
 */
export async function runHere(
  report: ExperimentReport,
  backend?: string,
): Promise<void> {
  const { plan, sources, data } = report;
  const works = await workLeft(report.folder, plan);
  if (works.length === 0) return;
  if (await isCommitted(report.folder)) {
    throw new UserError(
      `${report.folder.path} comes with the project, so notebooks write nothing there; train in ` +
        `another folder, as with results = "../results", or add to this one by its name:\n` +
        `  ${commandFor(report)}`,
    );
  }
  await checkInputs(works.map(({ run }) => run), sources);
  const folder = await ResultsFolder.open(report.folder.path);
  await keepInputCards(folder.path, plan);
  const started = await startBackend(backend);
  await runShown(works, { folder, backend: started.backend.name, ...data }, true);
}
