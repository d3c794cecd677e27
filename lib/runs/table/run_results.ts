import { join } from "node:path";
import type { TimedMeasured, WorkerAnswer } from "../run_protocol.ts";
import { type PlannedEvaluation, type PlannedRun, resultNameOf } from "../planned_run.ts";
import { sha256 } from "../../files/sha256.ts";
import { writeWeights } from "../../nn/weights_file.ts";
import { type Columns, completeRows } from "../../store/arrow_file.ts";
import type { ResultsFolder } from "../../store/results_folder.ts";
import type { EpochRow } from "../../training/epoch_row.ts";
import type { Provenance } from "../../store/provenance.ts";
import type { MadeOn } from "../../training/environment.ts";
import { canonicalJson } from "../../training/run_specification.ts";

/** The machine, code and backend that made a run's result. */
export type RunProvenance = Provenance & MadeOn;

/** Gives the path of the weights of a run's student. */
export function studentFile({ path }: ResultsFolder, { name }: Pick<PlannedRun, "name">): string {
  return join(path, studentPath(name));
}

/** Gives the path of a student's weights, relative to the results folder. */
export function studentPath(run: string): string {
  return `students/${run}.safetensors`;
}

/** Writes the student's final weights, then the rows, so that a listed run has both. */
export async function writeRun(
  folder: ResultsFolder,
  run: Pick<PlannedRun, "name" | "specification">,
  { rows, weights, initialWeights, provenance, teacherError }: Omit<
    Extract<WorkerAnswer, { type: "trained" }>,
    "type"
  >,
  made: RunProvenance,
): Promise<void> {
  await writeWeights(studentFile(folder, run), weights);
  const columns = epochColumns(rows);
  await folder.write(resultNameOf(run), columns, completeRows(rows, columns), {
    specification: canonicalJson(run.specification),
    ...made,
    data: provenance,
    weights: sha256(weights),
    initial_weights: initialWeights,
    ...(teacherError ? { teacher_error: canonicalJson(teacherError) } : {}),
    finished: new Date().toISOString(),
  });
}

const MEASUREMENT_COLUMNS: Columns = {
  measure: "utf8",
  value: "float64",
  low: "float64",
  high: "float64",
  n: "int32",
};

/**
 * Writes the measurements of a run's student.
 *
 * @param made.weights the hash of the student's file
 */
export async function writeEvaluation(
  folder: ResultsFolder,
  { name: run, teacher }: PlannedRun,
  { result, name, options }: PlannedEvaluation,
  { measurements, warnings = [], seconds }: TimedMeasured,
  made: RunProvenance & { readonly weights: string },
): Promise<void> {
  await folder.write(result, MEASUREMENT_COLUMNS, measurements.map((row) => ({ ...row })), {
    run,
    evaluation: name,
    options: canonicalJson(options),
    teacher: canonicalJson({ name: teacher.name, hash: teacher.hash }),
    ...made,
    seconds: seconds.toFixed(1),
    ...(warnings.length > 0 ? { warnings: JSON.stringify(warnings) } : {}),
    finished: new Date().toISOString(),
  });
}

const TEXT_COLUMNS = new Set(["stage"]);
const WHOLE_COLUMNS = new Set(["epoch", "attacked", "teacher_images"]);

/** Collects the columns of all rows: some epochs may lack a term of the loss. */
function epochColumns(rows: readonly EpochRow[]): Columns {
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  return Object.fromEntries(
    [...names].map((name) => [
      name,
      TEXT_COLUMNS.has(name) ? "utf8" : WHOLE_COLUMNS.has(name) ? "int32" : "float64",
    ]),
  );
}
