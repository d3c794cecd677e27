import { writeRun } from "./table/run_results.ts";
import { encodeResNet } from "../nn/weights_file.ts";
import { provenance } from "../store/provenance.ts";
import { ResultsFolder } from "../store/results_folder.ts";
import { canonicalJson, runName, type RunSpecification } from "../training/run_specification.ts";
import type { TrainingInput, TrainingResult } from "../training/train.ts";

/**
 * Saves a run that a notebook has trained as `reproduce` saves its own: an Arrow file with a row for each
 * epoch, and the student's weights. `compareRuns` and `deno task results` then know it.
 *
 * @param folder path of a results folder
 * @param input of `train`
 * @returns the run's name
 */
export async function saveRun(
  folder: string,
  specification: RunSpecification,
  { dataset, environment }: Pick<TrainingInput, "dataset" | "environment">,
  { rows, student, initialWeights }: TrainingResult,
): Promise<string> {
  const name = runName(specification);
  const weights = await encodeResNet(student, { specification: canonicalJson(specification) });
  const { backend, threads = 1, arithmetic } = environment;
  await writeRun(
    await ResultsFolder.open(folder),
    { name, specification },
    { rows, weights, initialWeights, provenance: dataset.provenance },
    { ...await provenance(), backend, threads: String(threads), ...arithmetic },
  );
  return name;
}
