import { runNameOf, type StoredResult, type StoredRun } from "./stored_result.ts";
import { flatRow } from "../table/table_file.ts";
import { tableRow } from "../table/table_row.ts";
import type { Row } from "../../lib/store/arrow_file.ts";
import type { EpochRow } from "../../lib/training/epoch_row.ts";

/**
 * The first figure in which a table's row differs from its run and what was measured of that; null if
 * there is none. Columns that older versions did not have are passed over.
 *
 * @param evaluations of that run
 */
export function rowFault(
  row: Row,
  run: StoredRun,
  evaluations: readonly StoredResult[],
): string | null {
  const named = { label: String(row.method), setting: row.setting as string ?? null };
  const trained = flatRow(tableRow(named, {
    name: runNameOf(run),
    specification: run.specification,
    rows: run.rows as readonly EpochRow[],
    measurements: [],
    metadata: run.metadata,
  }));
  const measured = Map.groupBy(evaluations.flatMap(({ rows }) => rows), ({ measure }) => measure);
  for (const [column, said] of Object.entries(row)) {
    // The same may have been measured with several options; null if this table asks for none of it.
    const found = column in trained
      ? [trained[column]]
      : [null, ...measured.get(column)?.map(({ value }) => value) ?? []];
    if (!found.includes(said)) {
      return `has the ${column} ${said}, but its results ${
        found.findLast((one) => one !== null) ?? "none"
      }`;
    }
  }
  return null;
}
