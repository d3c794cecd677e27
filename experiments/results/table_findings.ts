import type { Finding } from "./finding.ts";
import { missingSeeds } from "./missing_seeds.ts";
import { rowFault } from "./row_fault.ts";
import { isRun, type StoredResult, type StoredResults } from "./stored_result.ts";
import { RESULTS } from "../plan/open_plan.ts";
import { resultFile } from "../../lib/report/result_file.ts";

/** At most so many names stand in a message. */
const MOST_NAMES = 3;

/**
 * Whether a table has all of its runs and every seed of every group, and says what they say.
 *
 * @param folder the path of the results folder
 */
export function tableFindings(
  table: StoredResult,
  stored: Pick<StoredResults, "names" | "results">,
  folder: string,
): Finding[] {
  const { rows, metadata } = table;
  const isThere = (run: string) => stored.names.includes(`runs/${run}`);
  const listed = (key: string): string[] => JSON.parse(metadata[key] ?? "[]");
  const faults = rowFaults(table, stored);
  const command = reproduceCommand(table, folder);
  const seeds = [...new Set(rows.map(({ seed }) => Number(seed)))].sort((a, b) => a - b);

  const about = (kind: Finding["kind"], what: string, named: readonly string[], remedy = command) =>
    named.length === 0 ? [] : [{
      file: resultFile(table.name),
      kind,
      message: `${what} ${some(named)}; \`${remedy}\` puts that right`,
    }];

  return [
    ...about("incomplete", "it lacks", listed("missing").filter((run) => !isThere(run))),
    ...about("stale", "it lacks what is there by now:", listed("missing").filter(isThere)),
    ...about(
      "incomplete",
      "not there are the runs of its rows",
      rows.flatMap(({ run }) => typeof run === "string" && !isThere(run) ? [run] : []),
    ),
    ...about("incomplete", "when it was written, not all was measured of", listed("unmeasured")),
    ...about("incomplete", "when it was written, damaged were", listed("damaged")),
    ...about("stale", "results say otherwise:", faults),
    ...missingSeeds(rows).flatMap(({ group, seeds: missing }) =>
      about(
        "incomplete",
        `seeds that others have are missing of ${group}:`,
        missing.map(String),
        `${command} --seeds ${seeds.join(",")}`,
      )
    ),
  ];
}

/** "row 3 has the test_accuracy 0.7, but its results 0.71" */
function rowFaults(
  { rows }: StoredResult,
  { results }: Pick<StoredResults, "results">,
): string[] {
  const runs = new Map(results.filter(isRun).map((run) => [run.name, run]));
  const evaluations = Map.groupBy(results, ({ metadata: { run } }) => run);
  return rows.flatMap((row, index) => {
    const run = runs.get(`runs/${row.run}`);
    const fault = run && run.rows.length > 0 &&
      rowFault(row, run, evaluations.get(String(row.run)) ?? []);
    return fault ? [`row ${index} ${fault}`] : [];
  });
}

function some(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return names.slice(0, MOST_NAMES).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** Its name is that of the experiment, the scale and, if it isn't the experiment's own, the data set. */
function reproduceCommand({ name, rows, metadata }: StoredResult, folder: string): string {
  const { experiment } = metadata;
  const scale = rows[0]?.scale;
  const dataset = name.slice(`tables/${experiment}-${scale}-`.length);
  return [
    `deno task reproduce ${experiment} --scale ${scale}`,
    ...(dataset === "" ? [] : [`--dataset ${dataset}`]),
    ...(folder === RESULTS ? [] : [`--results ${folder}`]),
  ].join(" ");
}
