import { counted } from "../../lib/report/duration.ts";
import { runsList } from "./runs_list.ts";
import { isRun, kindOf, type StoredResult } from "./stored_result.ts";
import { formatTextTable } from "../../lib/report/cell.ts";

/**
 * What there is: runs, one line for all seeds; tables; and how many of each.
 *
 * @param sizes in bytes of all files below the folder, by path relative to it
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

/** "6 runs, 12 evaluations, 1 table" */
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
