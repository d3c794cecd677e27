import type { PlannedRun } from "../planned_run.ts";
import { type Conditions, conditionsOf, conditionsThatDiffer } from "./conditions.ts";
import type { Measurement } from "../../analysis/evaluations/evaluation.ts";
import { type EpochRow, trainingSeconds } from "../../training/epoch_row.ts";
import {
  type RunSpecification,
  type Scale,
  teacherLabel,
} from "../../training/run_specification.ts";

/** A finished run in the results folder. */
export interface RunResult {
  readonly name: string;
  readonly specification: RunSpecification;
  readonly rows: readonly EpochRow[];
  /** The measurements of all finished evaluations, with the conditions that they were made under */
  readonly measurements: readonly (Measurement & { readonly conditions: Conditions })[];
  /** The sentences in which evaluations say why they are doubtful. */
  readonly warnings: readonly string[];
  /** Backend, machine, versions, commit, hashes. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** One finished run in an experiment's table. */
export interface TableRow {
  readonly dataset: string;
  readonly fraction: number;
  readonly teacher: string | null;
  readonly student: string;
  /** The method's label: "bss (deepfool)" */
  readonly method: string;
  /** Overrides of the experiment's protocol: "epochs=20" */
  readonly setting: string | null;
  readonly scale: Scale;
  readonly seed: number;
  /** Epochs of the last stage of training */
  readonly epochs: number;
  /** Epochs of the stages before it, which are part of the cost */
  readonly first_stage_epochs: number;
  /** The run's name in the results */
  readonly run: string;
  /**
   * Measured figures by name. Accuracies are those of the last epoch, 0…1, never the best ones.
   * Shares of outcomes are over all attacked samples. null if not measured. Bins of a reliability
   * diagram are no columns.
   */
  readonly figures: Figures;
  /** Costs by name. They differ between machines, so the table's file leaves them out. */
  readonly costs: Figures;
  /** The conditions of the training. The table's file leaves them out: they stand in the run's own. */
  readonly conditions: Conditions;
  /** The conditions of the measurements, by measure; left out of the file, too */
  readonly measuredUnder: Readonly<Record<string, Conditions>>;
}

type Figures = Readonly<Record<string, number | null>>;

/** Makes a run's row in an experiment's table. */
export function tableRow(
  { label, setting }: Pick<PlannedRun, "label" | "setting">,
  result: RunResult,
): TableRow {
  const { dataset, teacher, student, scale, seed } = result.specification;
  const { rows, measurements } = result;
  const last = rows.at(-1)!;
  const epochs = rows.filter(({ stage }) => stage === last.stage).length;
  // An epoch's columns are called "test" whatever its images are.
  const tested = dataset.validation === undefined ? "test" : "validation";
  return {
    dataset: dataset.name,
    fraction: dataset.fraction,
    teacher: teacher && teacherLabel(teacher),
    student,
    method: label,
    setting,
    scale,
    seed,
    epochs,
    first_stage_epochs: rows.length - epochs,
    run: result.name,
    figures: {
      [`${tested}_accuracy`]: Number(last.test_accuracy),
      [`${tested}_top5_accuracy`]: last.test_top5_accuracy as number ?? null,
      share_crossed_to_target: shareOf("share_crossed_to_target", rows),
      share_third_class: shareOf("share_third_class", rows),
      share_not_crossed: shareOf("share_not_crossed", rows),
      ...Object.fromEntries(
        measurements.filter(({ measure }) => !/_bin\d+_/.test(measure))
          .map(({ measure, value }) => [measure, value]),
      ),
    },
    costs: {
      seconds: rows.reduce((sum, row) => sum + trainingSeconds(row), 0),
      teacher_images: sumOf("teacher_images", rows),
    },
    conditions: conditionsOf(result.specification, result.metadata),
    measuredUnder: Object.fromEntries(
      measurements.map(({ measure, conditions }) => [measure, conditions]),
    ),
  };
}

/** Names the conditions that differ among rows, in training or in what measured this measure. */
export function mixedConditions(rows: readonly TableRow[], measure: string): string[] {
  const trained = conditionsThatDiffer(rows.map(({ conditions }) => conditions));
  const measured = conditionsThatDiffer(
    rows.flatMap(({ measuredUnder }) => measuredUnder[measure] ?? []),
  );
  return [...new Set([...trained, ...measured])];
}

/** Averages a share over all attacked samples of a run. */
function shareOf(column: string, rows: readonly EpochRow[]): number | null {
  const attacked = rows.reduce((sum, row) => sum + Number(row.attacked), 0);
  if (attacked === 0) return null;
  return rows.reduce((sum, row) => sum + Number(row[column]) * Number(row.attacked), 0) / attacked;
}

function sumOf(column: string, rows: readonly EpochRow[]): number | null {
  if (rows.every((row) => row[column] === undefined)) return null;
  return rows.reduce((sum, row) => sum + Number(row[column] ?? 0), 0);
}
