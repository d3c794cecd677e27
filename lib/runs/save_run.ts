import { resultNameOf } from "./planned_run.ts";
import { writeRun } from "./table/run_results.ts";
import { encodeResNet } from "../nn/weights_file.ts";
import { provenance } from "../store/provenance.ts";
import { ResultsFolder } from "../store/results_folder.ts";
import { lockRun } from "../store/run_lock.ts";
import { madeOn } from "../training/environment.ts";
import { canonicalJson, runName, type RunSpecification } from "../training/run_specification.ts";
import type { TrainingInput, TrainingResult } from "../training/train.ts";
import { UserError } from "../user_error.ts";

/**
 * Saves a run of a notebook in the form of `reproduce`'s runs: an Arrow file with a row for each epoch, and
 * the student's weights. `compareRuns` and `deno task results` then know it.
 *
 * @param path of a results folder
 * @param input of `train`
 * @returns the run's name
 * @throws UserError if the folder has the run, or another process is making it
 */
export async function saveRun(
  path: string,
  specification: RunSpecification,
  { dataset, environment }: Pick<TrainingInput, "dataset" | "environment">,
  { rows, student, initialWeights }: TrainingResult,
): Promise<string> {
  const name = runName(specification);
  const weights = await encodeResNet(student, { specification: canonicalJson(specification) });
  const folder = await ResultsFolder.open(path);
  const lock = await lockRun(path, name);
  try {
    if (!lock || await folder.has(resultNameOf({ name }))) {
      throw new UserError(
        `${path} has the run ${name}, or a process is making it; choose another folder or seed`,
      );
    }
    await writeRun(
      folder,
      { name, specification },
      { rows, weights, initialWeights, provenance: dataset.provenance },
      { ...await provenance(), ...madeOn(environment) },
    );
  } finally {
    await lock?.release();
  }
  return name;
}
