import type { ExperimentReport } from "./experiment_report.ts";
import type { ResultTable } from "../table/result_table.ts";
import { shareText } from "../table/summary_table.ts";
import { tellingColumns } from "../table/telling_columns.ts";
import type { RunResult, TableRow } from "../table/table_row.ts";
import { median } from "../../analysis/statistics/median_interval.ts";
import { subsetSize } from "../../data/stratified_subset.ts";
import { PHASES } from "../../training/epoch_row.ts";
import type { Displayable } from "../../report/display.ts";
import { displayTable, type TableColumn } from "../../report/display_table.ts";
import { imageCounts } from "../../training/run_specification.ts";

/** The phases of an optimizer step; the evaluation comes once per epoch. */
const STEP_PHASES = PHASES.filter((phase) => phase !== "evaluation");

/**
 * Makes a table of the runs' times, one line for all seeds: the whole run, a step by its phases,
 * and the evaluation on the test images after an epoch. Each figure is the median over runs, since a
 * run's time includes whatever else the machine did.
 */
export function timesTable(
  { plan }: Pick<ExperimentReport, "plan">,
  { rows, results }: Pick<ResultTable, "rows" | "results">,
): Displayable {
  const imagesOf = new Map(
    plan.map(({ name, dataset, specification }) =>
      [name, imageCounts(dataset, specification.dataset).train] as const
    ),
  );
  const runs = results.map((result, index) => timesOf(rows[index], result, imagesOf));
  const groups = Map.groupBy(
    runs,
    ({ row: { fraction, student, method, setting, teacher, epochs } }) =>
      JSON.stringify([fraction, student, method, setting, teacher, epochs]),
  );
  const phases = STEP_PHASES.filter((phase) => runs.some(({ steps }) => steps[phase] >= 0.1));
  const planned: TableColumn[] = [
    { key: "fraction", title: "share of data", unit: "%", align: "right" },
    { key: "student", title: "student" },
    { key: "epochs", title: "epochs", align: "right" },
    { key: "method", title: "method" },
    { key: "runs", title: "runs", align: "right" },
    { key: "minutes", title: "a run", unit: "min", align: "right" },
    { key: "step", title: "a step", unit: "ms", align: "right" },
    ...phases.map((phase) => ({
      key: `step_${phase}`,
      title: phase,
      unit: "ms",
      align: "right" as const,
    })),
    { key: "evaluation", title: "evaluation", unit: "s an epoch", align: "right" },
    { key: "cached", title: "clean logits from the cache", unit: "%", align: "right" },
  ];
  const lines = [...groups.values()].map((group) => {
    const medianOf = (value: (run: RunTimes) => number) => median(group.map(value));
    const parts = STEP_PHASES.map((phase) =>
      [phase, medianOf(({ steps }) => steps[phase])] as const
    );
    const { fraction, student, epochs, method } = group[0].row;
    return {
      fraction: shareText(fraction),
      student,
      epochs,
      method,
      runs: group.length,
      minutes: medianOf(({ minutes }) => minutes).toFixed(1),
      step: medianOf(({ steps }) => STEP_PHASES.reduce((sum, phase) => sum + steps[phase], 0))
        .toFixed(1),
      ...Object.fromEntries(parts.map(([phase, value]) => [`step_${phase}`, value.toFixed(1)])),
      evaluation: medianOf(({ evaluation }) => evaluation).toFixed(2),
      cached: group.some(({ cached }) => cached === null)
        ? null
        : (100 * medianOf(({ cached }) => cached!)).toFixed(0),
    };
  });
  const { columns, constants } = tellingColumns(
    { columns: planned, rows: lines },
    ["fraction", "student", "epochs"],
  );
  return displayTable({
    title: ["Times", ...constants].join(", "),
    columns,
    rows: lines,
    note:
      "Medians over seeds. Some backends train runs side by side, and times include other work of the " +
      "machine; lib/backend/README.md compares costs",
  });
}

interface RunTimes {
  readonly row: TableRow;
  readonly minutes: number;
  /** Milliseconds per step */
  readonly steps: Readonly<Record<typeof STEP_PHASES[number], number>>;
  /** Seconds per epoch */
  readonly evaluation: number;
  /** Share of the teacher's clean logits that came from the cache; null if none were needed */
  readonly cached: number | null;
}

function timesOf(
  row: TableRow,
  { name, specification, rows: epochs }: RunResult,
  imagesOf: ReadonlyMap<string, number>,
): RunTimes {
  const { dataset, protocol } = specification;
  const sum = (column: string) =>
    epochs.reduce((total, epoch) => total + Number(epoch[column] ?? 0), 0);
  const steps = epochs.length *
    Math.ceil(subsetSize(imagesOf.get(name)!, dataset.fraction) / protocol.batchSize);
  const asked = epochs.filter(({ teacher_cached }) => typeof teacher_cached === "number");
  return {
    row,
    minutes: PHASES.reduce((total, phase) => total + sum(`seconds_${phase}`), 0) / 60,
    steps: Object.fromEntries(
      STEP_PHASES.map((phase) => [phase, 1000 * sum(`seconds_${phase}`) / steps]),
    ) as RunTimes["steps"],
    evaluation: sum("seconds_evaluation") / epochs.length,
    cached: asked.length > 0 ? sum("teacher_cached") / asked.length : null,
  };
}
