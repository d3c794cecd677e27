import type { Experiment } from "../../lib/runs/experiment.ts";
import { openPlan } from "../../lib/runs/open_plan.ts";
import { resultNameOf } from "../../lib/runs/planned_run.ts";
import { workLeft } from "../../lib/runs/work_left.ts";
import { studentFile, writeEvaluation, writeRun } from "../../lib/runs/table/run_results.ts";
import type { Measured } from "../../lib/analysis/evaluations/evaluation.ts";
import { evaluationNamed } from "../../lib/analysis/evaluations/evaluations.ts";
import { startBackend } from "../../lib/backend/start_backend.ts";
import { loadDataset } from "../../lib/data/load_dataset.ts";
import { freeze } from "../../lib/nn/freeze.ts";
import { encodeResNet, readResNet } from "../../lib/nn/weights_file.ts";
import { ResultsFolder } from "../../lib/store/results_folder.ts";
import {
  canonicalJson,
  datasetFor,
  type RunSpecification,
} from "../../lib/training/run_specification.ts";
import { provenance, TFJS_VERSION } from "../../lib/store/provenance.ts";
import { train } from "../../lib/training/train.ts";

/** The answer of `train` for a run, with its student's weights. */
type Trained = Parameters<typeof writeRun>[2];

/**
 * Writes an experiment's missing runs at the scale "smoke" into a results folder, except `left`
 * runs for the notebook. To save time, one seed trains, on a tenth of its images, and the others
 * get the same student. One student is measured on two images, and the others get the same values.
 */
export async function fillResults(path: string, experiment: Experiment, left = 0): Promise<void> {
  const folder = await ResultsFolder.open(path);
  const plan = await openPlan(experiment, { scale: "smoke" });
  const works = (await workLeft(folder, plan)).slice(left);
  if (works.length === 0) return;
  const { backend } = await startBackend();
  const environment = { backend: backend.name, tfjs: TFJS_VERSION };
  const made = { ...await provenance(), backend: backend.name, threads: "1" };
  const [{ run: first }] = works;
  const whole = await loadDataset(first.specification.dataset.name, {});
  const teacher = freeze((await readResNet(first.teacher.file)).network);

  async function trained(specification: RunSpecification): Promise<Trained> {
    const { dataset: images, seed } = specification;
    const few = { ...images, fraction: images.fraction / 10, testImages: 20 };
    const dataset = datasetFor(whole, { dataset: few, seed });
    const { rows, student, initialWeights } = await train({ ...specification, dataset: few }, {
      dataset,
      teacher,
      environment,
    });
    const weights = await encodeResNet(student, {});
    student.dispose();
    return { rows, weights, initialWeights, provenance: "embedded" };
  }

  const ofAnySeed = new Map<string, Trained>();
  for (const { run, training } of works) {
    if (!training) continue;
    const key = canonicalJson({ ...run.specification, seed: 0 });
    if (!ofAnySeed.has(key)) ofAnySeed.set(key, await trained(run.specification));
    await writeRun(folder, run, ofAnySeed.get(key)!, made);
  }

  const student = freeze((await readResNet(studentFile(folder, first))).network);
  const context = { student, teacher, dataset: datasetFor(whole, first.specification) };
  const measured = new Map<string, Measured>();
  for (const { name, options } of first.evaluations) {
    const few = { ...options, images: 2 };
    measured.set(name, await evaluationNamed(name).measure(few, context));
  }
  for (const { run, evaluations } of works) {
    const { metadata: { weights } } = await folder.read(resultNameOf(run));
    for (const evaluation of evaluations) {
      const found = { ...measured.get(evaluation.name)!, seconds: 1 };
      await writeEvaluation(folder, run, evaluation, found, { weights, ...made });
    }
  }
}
