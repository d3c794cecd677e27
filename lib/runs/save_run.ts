import { resultNameOf } from "./planned_run.ts";
import { writeRun } from "./table/run_results.ts";
import { sha256 } from "../files/sha256.ts";
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
 * the student's weights. `compareRuns` and `deno task results` then know it. A run that the folder has,
 * with the same weights, stays as it is. For a method that is not in `lib/distillation`, `results verify`
 * says that it cannot check the epochs.
 *
 * @param path of a results folder
 * @param input of `train`
 * @param trained as `train` gives it. A loop of your own gives a row for each epoch, in order: `epoch` 1 … n, and
 *   with the last one `test_accuracy`, 0…1. It may add columns.
 * @returns the run's name
 * @throws UserError for wrong rows, if the folder has the run with other weights, or if another process is
 *   making it
 */
export async function saveRun(
  path: string,
  specification: RunSpecification,
  { dataset, environment }: Pick<TrainingInput, "dataset" | "environment">,
  { rows, student, initialWeights }: TrainingResult,
): Promise<string> {
  checkRows(rows);
  const name = runName(specification);
  const weights = await encodeResNet(student, { specification: canonicalJson(specification) });
  const folder = await ResultsFolder.open(path);
  const lock = await lockRun(path, name);
  try {
    const result = resultNameOf({ name });
    const isThere = lock && await folder.has(result);
    if (isThere && (await folder.read(result)).metadata.weights === sha256(weights)) return name;
    if (!lock || isThere) {
      throw new UserError(
        `${path} has the run ${name} with other weights, or a process is making it; choose another ` +
          "folder or seed",
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

function checkRows(rows: TrainingResult["rows"]): void {
  const wrong = rows.findIndex(({ epoch }, index) => epoch !== index + 1);
  if (rows.length === 0 || wrong >= 0) {
    throw new UserError(
      "a run needs a row for each epoch, in order, with the epochs 1, 2, …; " +
        (wrong < 0 ? "there are no rows" : `row ${wrong + 1} has the epoch ${rows[wrong].epoch}`),
    );
  }
  const accuracy = rows.at(-1)!.test_accuracy;
  if (typeof accuracy === "number" && accuracy >= 0 && accuracy <= 1) return;
  throw new UserError(`the last row needs a test_accuracy in 0…1, but has ${accuracy}`);
}
