import type { Finding } from "./finding.ts";
import { missingSeeds } from "./missing_seeds.ts";
import { rowFault } from "./row_fault.ts";
import { isRun, type StoredResult, type StoredResults } from "./stored_result.ts";
import { reproduceCommand } from "../../lib/runs/choices.ts";
import type { PlanChoices } from "../../lib/runs/plan.ts";
import { tableFault } from "../table/result_fault.ts";
import { methods } from "../../lib/distillation/methods.ts";
import type { Row } from "../../lib/store/arrow_file.ts";
import { resultFile } from "../../lib/store/results_folder.ts";
import type { Scale } from "../../lib/training/run_specification.ts";

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
  const moved = tableFault(table.name, table);
  if (moved) return [{ file: resultFile(table.name), kind: "damaged", message: moved }];
  const isThere = (run: string) => stored.names.includes(`runs/${run}`);
  const listed = (key: string): string[] => JSON.parse(metadata[key] ?? "[]");
  const faults = rowFaults(table, stored);
  const choices = choicesOf(table);
  const command = (choices: PlanChoices) =>
    `\`${reproduceCommand(metadata.experiment, choices, folder)}\``;

  const about = (
    kind: Finding["kind"],
    what: string,
    named: readonly string[],
    remedy = `${command(choices)}, with what else it was asked for with,`,
  ) =>
    named.length === 0 ? [] : [{
      file: resultFile(table.name),
      kind,
      message: `${what} ${some(named)}; ${remedy} puts that right`,
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
    ...missingSeeds(rows).flatMap(({ group, row, seeds }) =>
      about(
        "incomplete",
        `seeds that others have are missing of ${group}:`,
        seeds.map(String),
        command({ ...choices, ...groupChoices(row), seeds }),
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
function choicesOf({ name, rows, metadata: { experiment } }: StoredResult): PlanChoices {
  const scale = rows[0]?.scale as Scale;
  const dataset = name.slice(`tables/${experiment}-${scale}-`.length);
  return { scale, ...(dataset === "" ? {} : { dataset }) };
}

/** What narrows an experiment down to the group of a row; to what is beside it too, if no method has its name. */
function groupChoices({ fraction, student, method, setting, teacher }: Row): Partial<PlanChoices> {
  const isMethod = setting === null && methods.some(({ name }) => name === method);
  return {
    ...{ fractions: [Number(fraction)], students: [String(student)] },
    ...(isMethod ? { methods: [String(method)] } : {}),
    ...(String(teacher).endsWith(", bf16") ? { teacherPrecision: "bf16" } : {}),
  };
}
