import type { Experiment } from "./experiment.ts";
import { missingRuns } from "./run_missing.ts";
import type { PlannedRun } from "./run_plan.ts";
import { readRun, type RunResult } from "./run_results.ts";
import type { Columns } from "../lib/report/columns.ts";
import type { ResultsFolder } from "../lib/report/results_folder.ts";
import type { Scale } from "../lib/training/run_specification.ts";
import { UserError } from "../lib/user_error.ts";

/** One finished run in an experiment's table. */
export interface TableRow {
  readonly dataset: string;
  readonly fraction: number;
  readonly teacher: string | null;
  readonly student: string;
  /** With another attack than its own: "bss (deepfool)" */
  readonly method: string;
  readonly scale: Scale;
  readonly seed: number;
  readonly epochs: number;
  /** Of the last epoch, 0…1: never the best one */
  readonly test_accuracy: number;
  /** Shares of the outcomes over all attacked samples; null without an attack */
  readonly share_crossed_to_target: number | null;
  readonly share_third_class: number | null;
  readonly share_not_crossed: number | null;
  /** The run's name in results */
  readonly run: string;
}

const COLUMNS: Columns = {
  dataset: "utf8",
  fraction: "float64",
  teacher: "utf8",
  student: "utf8",
  method: "utf8",
  scale: "utf8",
  seed: "int32",
  epochs: "int32",
  test_accuracy: "float64",
  share_crossed_to_target: "float64",
  share_third_class: "float64",
  share_not_crossed: "float64",
  run: "utf8",
};

/** What an experiment's results say so far, and what is not there or cannot be read. */
export interface ResultTable {
  readonly rows: readonly TableRow[];
  readonly results: readonly RunResult[];
  readonly missing: readonly PlannedRun[];
  readonly damaged: readonly { readonly run: PlannedRun; readonly cause: string }[];
}

/** Reads the planned runs that are there, in the order of the plan. */
export async function collectTable(
  folder: ResultsFolder,
  plan: readonly PlannedRun[],
): Promise<ResultTable> {
  const missing = await missingRuns(folder, plan);
  const results: RunResult[] = [];
  const damaged: { run: PlannedRun; cause: string }[] = [];
  for (const run of plan) {
    if (missing.includes(run)) continue;
    try {
      results.push(await readRun(folder, run));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      damaged.push({ run, cause: error.message });
    }
  }
  return { rows: results.map(tableRow), results, missing, damaged };
}

/** The place of an experiment's table in a results folder, by scale and data set. */
export function tableName(experiment: Experiment, scale: Scale, dataset: string): string {
  const isOwn = dataset === experiment.scales[scale].dataset;
  return `tables/${experiment.name}-${scale}${isOwn ? "" : `-${dataset}`}`;
}

/** Writes a table's Arrow file, one row a finished run. */
export async function writeTable(
  folder: ResultsFolder,
  name: string,
  experiment: Experiment,
  { rows, missing }: ResultTable,
): Promise<void> {
  await folder.write(name, COLUMNS, rows.map((row) => ({ ...row })), {
    experiment: experiment.name,
    title: experiment.title,
    missing: JSON.stringify(missing.map((run) => run.name)),
  });
}

function tableRow({ name, specification, rows }: RunResult): TableRow {
  const { dataset, teacher, student, method, options, scale, seed } = specification;
  const attacked = rows.reduce((sum, row) => sum + Number(row.attacked), 0);
  const share = (column: string) =>
    attacked === 0
      ? null
      : rows.reduce((sum, row) => sum + Number(row[column]) * Number(row.attacked), 0) / attacked;
  return {
    dataset: dataset.name,
    fraction: dataset.fraction,
    teacher: teacher &&
      (teacher.precision ? `${teacher.name}, ${teacher.precision}` : teacher.name),
    student,
    method: options.attack === undefined ? method : `${method} (${options.attack})`,
    scale,
    seed,
    epochs: rows.length,
    test_accuracy: Number(rows.at(-1)!.test_accuracy),
    share_crossed_to_target: share("share_crossed_to_target"),
    share_third_class: share("share_third_class"),
    share_not_crossed: share("share_not_crossed"),
    run: name,
  };
}
