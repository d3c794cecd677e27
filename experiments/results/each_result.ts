import { finishedDay, kilobytes, lastAccuracy, shortCommit } from "./result_cells.ts";
import { isRun, type StoredResult } from "./stored_result.ts";
import { formatTextTable } from "../../lib/report/cell.ts";

/**
 * One line a result, with its name.
 *
 * @param sizes in bytes of all files below the folder, by path relative to it
 */
export function eachResult(
  results: readonly StoredResult[],
  sizes: ReadonlyMap<string, number>,
): string {
  return formatTextTable(
    ["result", "rows", "test accuracy (%)", "finished", "backend", "commit", "size (kB)"],
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
