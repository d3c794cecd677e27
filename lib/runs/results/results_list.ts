import { counted } from "../../report/duration.ts";
import { isRun, kindOf, type StoredResult, type StoredRun } from "./stored_result.ts";
import { formatTextTable, type TableCell } from "../../report/cell.ts";
import { finishedDay, kilobytes, lastAccuracy, shortCommit } from "./result_cells.ts";
import { runFields } from "./run_fields.ts";
import { meanStdOf } from "../../analysis/statistics/interval.ts";
import { meanStdText, shareText } from "../table/summary_table.ts";
import { printable } from "../../files/printable.ts";
import { canonicalJson } from "../../training/run_specification.ts";

/**
 * Lists results: runs, one line for all seeds; tables; and the number of each kind.
 *
 * @param sizes bytes of all files under the folder, by path relative to it
 */
export function resultsList(
  results: readonly StoredResult[],
  sizes: ReadonlyMap<string, number>,
): string {
  const runs = results.filter(isRun);
  const tables = results.filter((result) => kindOf(result) === "tables");
  return [
    ...(runs.length > 0 ? [runsList(runs, sizes)] : []),
    ...(tables.length > 0 ? [tableLines(tables)] : []),
    kindCounts(results.map(({ name }) => name)),
  ].join("\n\n");
}

/** Counts results by kind: "6 runs, 12 evaluations, 1 table". */
export function kindCounts(names: readonly string[]): string {
  return ["run", "evaluation", "table"]
    .map((kind) => counted(names.filter((name) => name.startsWith(`${kind}s/`)).length, kind))
    .join(", ");
}

function tableLines(tables: readonly StoredResult[]): string {
  return formatTextTable(
    ["table", "title", "runs", "missing"],
    tables.map(({ name, rows, metadata }) => [
      name.slice("tables/".length),
      metadata.title ?? null,
      rows.length,
      JSON.parse(metadata.missing ?? "[]").length,
    ]),
  );
}

/** Columns that stand once, above the table, if all runs share their value. */
const SHARED = ["data set", "teacher", "student", "scale", "protocol", "backend", "commit"];

type Line = Readonly<Record<string, TableCell>>;

/**
 * Lists runs, one line for all seeds of the same specification, code and backend. Values that all
 * lines share stand above them.
 *
 * @param sizes bytes of all files under the folder, by path relative to it
 */
export function runsList(
  runs: readonly StoredRun[],
  sizes: ReadonlyMap<string, number>,
): string {
  const groups = Map.groupBy(
    runs,
    ({ specification, metadata: { backend, commit } }) =>
      canonicalJson([{ ...specification, seed: null }, backend, commit]),
  );
  const lines = [...groups.values()].map((group) => lineOf(group, sizes));
  const shared = SHARED.filter((column) => valuesOf(lines, column).size <= 1);
  const columns = Object.keys(lines[0]).filter((column) => !shared.includes(column));
  const width = Math.max(...shared.map((column) => column.length));
  return [
    ...shared.map((column) => [column, ...valuesOf(lines, column)])
      .filter(([, value]) => value !== undefined)
      .map(([column, value]) => `${String(column).padEnd(width)}  ${printable(String(value))}`),
    "",
    formatTextTable(columns, lines.map((line) => columns.map((column) => line[column]))),
  ].join("\n");
}

/** Collects a column's values. null, for a method without a use for the column, does not count. */
function valuesOf(lines: readonly Line[], column: string): Set<TableCell> {
  return new Set(lines.map((line) => line[column]).filter((value) => value !== null));
}

function lineOf(group: readonly StoredRun[], sizes: ReadonlyMap<string, number>): Line {
  const { dataset, fraction, teacher, student, method, options, ...fields } = runFields(group[0]);
  const seeds = group.map(({ specification: { seed } }) => seed);
  return {
    "data set": fraction < 1 ? `${dataset} (${shareText(fraction)} %)` : dataset,
    teacher,
    student,
    method: options === "" ? method : `${method} (${options})`,
    scale: fields.scale,
    protocol: fields.protocol || "as published",
    seeds: seeds.toSorted((a, b) => a - b).join(", "),
    epochs: epochsText(group[0]),
    "accuracy (%)": meanStdText(meanStdOf(group.map(lastAccuracy))!, 2),
    finished: group.map(finishedDay).toSorted().at(-1) ?? null,
    backend: fields.backend,
    commit: shortCommit(fields.commit),
    "size (kB)": group.reduce((sum, run) => sum + kilobytes(run, sizes), 0).toFixed(0),
  };
}

/** Formats the number of epochs: "8", or by stage "4 + 8". */
function epochsText({ rows }: StoredRun): string {
  return [...Map.groupBy(rows, ({ stage }) => stage).values()].map(({ length }) => length)
    .join(" + ");
}
