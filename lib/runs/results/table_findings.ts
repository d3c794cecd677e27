import type { Finding } from "./finding.ts";
import {
  isRun,
  runNameOf,
  type StoredResult,
  type StoredResults,
  type StoredRun,
} from "./stored_result.ts";
import { reproduceCommand } from "../choices.ts";
import { parseOverrides, PROTOCOL } from "../overrides.ts";
import type { PlanChoices } from "../plan.ts";
import { resultNameOf } from "../planned_run.ts";
import { tableFault } from "../table/result_fault.ts";
import { methods } from "../../distillation/methods.ts";
import type { Row } from "../../store/arrow_file.ts";
import { resultFile } from "../../store/manifest.ts";
import { labelledPrecision, SCALES } from "../../training/run_specification.ts";
import { flatRow, IDENTITY_COLUMNS } from "../table/table_file.ts";
import { tableRow } from "../table/table_row.ts";
import type { EpochRow } from "../../training/epoch_row.ts";

/** The most names in a message. */
const MOST_NAMES = 3;

/**
 * Checks that a table has all of its runs and all seeds of each group, and agrees with its runs.
 *
 * @param folder the path of the results folder
 */
export function tableFindings(
  table: StoredResult,
  stored: StoredResults,
  folder: string,
): Finding[] {
  const { rows, metadata } = table;
  const moved = tableFault(table.name, table);
  if (moved) return [{ file: resultFile(table.name), kind: "damaged", message: moved }];
  const isThere = (run: string) => stored.names.includes(resultNameOf({ name: run }));
  const damaged = new Set(stored.damaged.map(({ file }) => file));
  const isWhole = (run: string) =>
    isThere(run) && !damaged.has(resultFile(resultNameOf({ name: run })));
  const listed = (key: string): string[] => JSON.parse(metadata[key] ?? "[]");
  const faults = rowFaults(table, stored);
  const choices = choicesOf(table);
  const command = (choices: PlanChoices) =>
    `\`${reproduceCommand(metadata.experiment, choices, folder)}\``;

  const about = (
    kind: Finding["kind"],
    what: string,
    named: readonly string[],
    remedy = `${command(choices)}, with the options that it was made with,`,
  ) =>
    named.length === 0 ? [] : [{
      file: resultFile(table.name),
      kind,
      message: `${what} ${some(named)}; ${remedy} puts that right`,
    }];

  return [
    ...about("incomplete", "it lacks", listed("missing").filter((run) => !isThere(run)))
      .map((finding) => ({
        ...finding,
        message:
          `${finding.message}; if they are not wanted, delete this table before the next run`,
      })),
    ...about("stale", "it lacks runs that are there by now:", listed("missing").filter(isWhole)),
    ...about(
      "incomplete",
      "its rows have runs that are missing:",
      rows.flatMap(({ run }) => typeof run === "string" && !isThere(run) ? [run] : []),
    ),
    ...about("incomplete", "when it was written, not all was measured of", listed("unmeasured")),
    ...about("incomplete", "when it was written, these were damaged:", listed("damaged")),
    ...about("stale", "results say otherwise:", faults),
    ...missingSeeds(rows).flatMap(({ group, row, seeds }) =>
      about(
        "incomplete",
        `${group} lacks seeds that others have:`,
        seeds.map(String),
        command({ ...choices, ...groupChoices(row), seeds }),
      )
    ),
  ];
}

/** Lists faults of rows: "row 3 has the test_accuracy 0.7, but its results 0.71". */
function rowFaults(
  { rows }: StoredResult,
  { results }: Pick<StoredResults, "results">,
): string[] {
  const runs = new Map(results.filter(isRun).map((run) => [run.name, run]));
  const evaluations = Map.groupBy(results, ({ metadata: { run } }) => run);
  return rows.flatMap((row, index) => {
    const run = runs.get(resultNameOf({ name: String(row.run) }));
    const fault = run && run.rows.length > 0 &&
      rowFault(row, run, evaluations.get(String(row.run)) ?? []);
    return fault ? [`row ${index} ${fault}`] : [];
  });
}

function some(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return names.slice(0, MOST_NAMES).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** Reads a table's choices off its name: experiment, scale and, if not the default, data set. */
function choicesOf({ name, metadata: { experiment } }: StoredResult): PlanChoices {
  const rest = name.slice(`tables/${experiment}-`.length);
  const scale = SCALES.find((scale) => rest === scale || rest.startsWith(`${scale}-`))!;
  const dataset = rest.slice(`${scale}-`.length);
  return { scale, ...(dataset === "" ? {} : { dataset }) };
}

/** Narrows an experiment down to a row's group, or to all methods if none has the row's label. */
function groupChoices({ fraction, student, method, setting, teacher }: Row): Partial<PlanChoices> {
  const isMethod = methods.some(({ name }) => name === method);
  const settings = typeof setting === "string" ? setting.split(", ") : [];
  const teacherPrecision = labelledPrecision(String(teacher));
  return {
    fractions: [Number(fraction)],
    students: [String(student)],
    ...(isMethod ? { methods: [String(method)] } : {}),
    ...(settings.length > 0
      ? { set: parseOverrides(settings.map((setting) => `${PROTOCOL}.${setting}`)) }
      : {}),
    ...(teacherPrecision ? { teacherPrecision } : {}),
  };
}

/** Seeds that one group of rows lacks. */
interface MissingSeeds {
  /** The group's values in the columns that differ among groups */
  readonly group: string;
  /** A row of the group */
  readonly row: Row;
  readonly seeds: readonly number[];
}

/** The columns that the runs of one group share. */
const GROUP = Object.keys(IDENTITY_COLUMNS).filter((column) => column !== "seed");

/** The columns that methods share when they are compared. */
const PLACE = ["dataset", "fraction", "student", "setting", "scale", "epochs"];

/**
 * Finds the seeds that a group of rows lacks between its others, while another group of the same
 * place has them. A group may have fewer seeds than others, but no gap.
 */
export function missingSeeds(rows: readonly Row[]): MissingSeeds[] {
  const naming = GROUP.filter((column) => new Set(rows.map((row) => row[column])).size > 1);
  return groupsOf(rows, PLACE).flatMap((place) => {
    const all = seedsOf(place);
    return groupsOf(place, GROUP).map((own) => {
      const seeds = seedsOf(own);
      const isGap = (seed: number) => seed < Math.max(...seeds);
      return {
        group: naming.filter((column) => own[0][column] != null)
          .map((column) => `${column} ${own[0][column]}`).join(", "),
        row: own[0],
        seeds: [...all.difference(seeds)].filter(isGap).sort((a, b) => a - b),
      };
    });
  }).filter(({ seeds }) => seeds.length > 0);
}

function groupsOf(rows: readonly Row[], columns: readonly string[]): Row[][] {
  const groups = Map.groupBy(rows, (row) => JSON.stringify(columns.map((column) => row[column])));
  return [...groups.values()];
}

function seedsOf(rows: readonly Row[]): Set<number> {
  return new Set(rows.map(({ seed }) => Number(seed)));
}

/**
 * Finds the first figure in which a table's row differs from its run and the run's evaluations;
 * null if there is none. Skips columns that older versions did not have.
 *
 * @param evaluations the run's evaluations
 */
function rowFault(
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
    warnings: [],
    metadata: run.metadata,
  }));
  const measured = Map.groupBy(evaluations.flatMap(({ rows }) => rows), ({ measure }) => measure);
  for (const [column, said] of Object.entries(row)) {
    // Evaluations may differ in options; null is right if the table asks for none of them.
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
