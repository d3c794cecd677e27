import { isRun, runNameOf, type StoredResult, type StoredRun } from "./stored_result.ts";
import { studentPath } from "../table/run_results.ts";
import { resultFile } from "../../store/manifest.ts";
import { counted } from "../../report/duration.ts";
import { printable, printableLines } from "../../files/printable.ts";
import { formatTextTable } from "../../report/cell.ts";

/** Gives the test accuracy of a run's last epoch, in percent. */
export function lastAccuracy({ rows }: StoredRun): number {
  return 100 * Number(rows.at(-1)?.test_accuracy ?? NaN);
}

/** Gives the day on which a result was finished, as "2026-11-24"; null for a table. */
export function finishedDay({ metadata: { finished } }: StoredResult): string | null {
  return finished?.slice(0, 10) ?? null;
}

/** Shortens a commit: "247843d", "247843d+changes". */
export function shortCommit(commit: string | null | undefined): string | null {
  return commit?.replace(/^([0-9a-f]{7})[0-9a-f]+/, "$1") ?? null;
}

/**
 * Sums up the size of a result on disk, in kB. A run includes its student's weights.
 *
 * @param sizes bytes of all files under the folder, by path relative to it
 */
export function kilobytes(result: StoredResult, sizes: ReadonlyMap<string, number>): number {
  const files = [
    resultFile(result.name),
    ...(isRun(result) ? [studentPath(runNameOf(result))] : []),
  ];
  return files.reduce((sum, file) => sum + (sizes.get(file) ?? 0), 0) / 1000;
}

/** Lists a result's metadata and the columns of its rows. */
export function resultText({ name, columns, rows, metadata }: StoredResult): string {
  return [
    name,
    ...Object.entries(metadata).map(([key, value]) => `  ${printable(key)}: ${indented(value)}`),
    `  ${counted(rows.length, "row")} of`,
    ...Object.entries(columns).map(([column, type]) => `    ${printable(column)} (${type})`),
  ].join("\n");
}

/** Formats a record or list over several lines; leaves other text as it is. */
function indented(text: string): string {
  if (!/^[{[]/.test(text)) return printable(text);
  return printableLines(JSON.stringify(JSON.parse(text), null, 2)).replaceAll("\n", "\n  ");
}

/**
 * Lists results by name, one line each.
 *
 * @param sizes bytes of all files under the folder, by path relative to it
 */
export function eachResult(
  results: readonly StoredResult[],
  sizes: ReadonlyMap<string, number>,
): string {
  return formatTextTable(
    ["result", "rows", "accuracy (%)", "finished", "backend", "commit", "size (kB)"],
    results.map((result) => [
      result.name,
      result.rows.length,
      isRun(result) ? lastAccuracy(result).toFixed(2) : null,
      finishedDay(result),
      result.metadata.backend ?? null,
      shortCommit(result.metadata.commit),
      kilobytes(result, sizes).toFixed(0),
    ]),
    { align: ["left", "right", "right", "left", "left", "left", "right"] },
  );
}
