import type { Experiment } from "./experiment.ts";
import type { ResultTable } from "./result_table.ts";
import { summarise, type SummaryRow } from "./summary.ts";
import type { Displayable } from "../lib/report/display.ts";
import { displayTable } from "../lib/report/display_table.ts";
import type { Scale } from "../lib/training/run_specification.ts";

/**
 * An experiment's results so far, for a notebook and as text: one line a student and method, means
 * over seeds with their spread, gains paired by seed, and what is missing.
 */
export function summaryTable(
  experiment: Experiment,
  scale: Scale,
  table: ResultTable,
): Displayable {
  return displayTable({
    title: titleOf(experiment, scale, table),
    columns: [
      { key: "student", title: "student" },
      { key: "method", title: "method" },
      { key: "accuracy", title: "test accuracy", unit: "%", align: "right" },
      { key: "seeds", title: "by seed", unit: "%", align: "right" },
      { key: "gain", title: "over original, paired", unit: "points", align: "right" },
      { key: "interval", title: "95 % interval", align: "right" },
      { key: "crossed", title: "attacked: to target / third / not crossed", unit: "%" },
    ],
    rows: summarise(table.rows).map((row) => ({
      student: row.student,
      method: row.method,
      accuracy: withSpread(row.mean, row.std),
      seeds: row.accuracies.map((value) => value.toFixed(1)).join("  "),
      gain: row.gain && withSpread(row.gain.mean, row.gain.n > 1 ? row.gain.std : null, true),
      interval: intervalOf(row),
      crossed: outcomesOf(row),
    })),
    note: noteOf(table),
  });
}

function titleOf({ title }: Experiment, scale: Scale, { rows }: ResultTable): string {
  const dataset = rows[0] && `${Math.round(100 * rows[0].fraction)} % of ${rows[0].dataset}`;
  const teacher = rows.find((row) => row.teacher !== null)?.teacher;
  return [title, dataset, teacher && `teacher ${teacher}`, `scale ${scale}`].filter(Boolean).join(
    ", ",
  );
}

function withSpread(mean: number, std: number | null, signed = false): string {
  const sign = signed && mean >= 0 ? "+" : "";
  return `${sign}${mean.toFixed(2)}${std === null ? "" : ` ± ${std.toFixed(2)}`}`;
}

function intervalOf({ gain }: SummaryRow): string | null {
  return gain?.interval ? `[${gain.interval.map((end) => end.toFixed(1)).join(", ")}]` : null;
}

function outcomesOf({ outcomes }: SummaryRow): string | null {
  return outcomes && outcomes.map((share) => (100 * share).toFixed(0)).join(" / ");
}

function noteOf({ rows, missing }: ResultTable): string {
  const runs = `${rows.length} runs, mean ± standard deviation over seeds; last epoch`;
  return missing.length === 0
    ? runs
    : `${runs}. Missing: ${missing.map(({ name }) => name).join(", ")}`;
}
