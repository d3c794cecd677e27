import { mergeParts, type Part } from "./merge_parts.ts";
import { RUN_COLUMNS, runFields } from "./run_fields.ts";
import { isRun, kindOf, runNameOf, type StoredResult, type StoredRun } from "./stored_result.ts";
import type { ArrowContent } from "../../lib/store/arrow_file.ts";
import { UserError } from "../../lib/user_error.ts";

/**
 * Results of one kind, one below the other. In front of their rows stands what they are about. One
 * result alone keeps its metadata.
 *
 * @param runs those that evaluations may be of
 * @throws UserError for results of several kinds, or if a column has two types
 */
export function mergeResults(
  results: readonly StoredResult[],
  runs: readonly StoredRun[],
): ArrowContent {
  const kinds = new Set(results.map(kindOf));
  if (kinds.size > 1) {
    throw new UserError(
      `these are ${
        [...kinds].join(" and ")
      }, which have no columns in common; choose of one kind: ` +
        [...kinds].map((kind) => `${kind}/`).join(", "),
    );
  }
  const merged = mergeParts(
    results.map((result) => ({ name: result.name, front: frontOf(result, runs), content: result })),
  );
  return { ...merged, metadata: results.length === 1 ? results[0].metadata : {} };
}

function frontOf(result: StoredResult, runs: readonly StoredRun[]): Part["front"] {
  if (isRun(result)) return { columns: RUN_COLUMNS, fields: runFields(result) };
  const { run: name, evaluation } = result.metadata;
  if (name === undefined) {
    return { columns: { table: "utf8" }, fields: { table: result.name.slice("tables/".length) } };
  }
  const run = runs.find((candidate) => runNameOf(candidate) === name);
  return {
    columns: { ...RUN_COLUMNS, evaluation: "utf8" },
    fields: { ...(run ? runFields(run) : { run: name }), evaluation },
  };
}
