import { IDENTITY_COLUMNS } from "../table/table_file.ts";
import type { Row } from "../../lib/store/arrow_file.ts";

/** Seeds that one group of rows lacks. */
export interface MissingSeeds {
  /** The columns in which it differs from others. */
  readonly group: string;
  /** One of its rows. */
  readonly row: Row;
  readonly seeds: readonly number[];
}

/** What the runs of one group have in common. */
const GROUP = Object.keys(IDENTITY_COLUMNS).filter((column) => column !== "seed");

/** Where methods are held against each other. */
const PLACE = ["dataset", "fraction", "student", "setting", "scale", "epochs"];

/**
 * The seeds that some groups of a table's rows have and others of the same place lack, so that means
 * which are held against each other are not over the same seeds.
 */
export function missingSeeds(rows: readonly Row[]): MissingSeeds[] {
  const naming = GROUP.filter((column) => new Set(rows.map((row) => row[column])).size > 1);
  return groupsOf(rows, PLACE).flatMap((place) => {
    const all = seedsOf(place);
    return groupsOf(place, GROUP).map((own) => ({
      group: naming.filter((column) => own[0][column] != null)
        .map((column) => `${column} ${own[0][column]}`).join(", "),
      row: own[0],
      seeds: [...all.difference(seedsOf(own))].sort((a, b) => a - b),
    }));
  }).filter(({ seeds }) => seeds.length > 0);
}

function groupsOf(rows: readonly Row[], columns: readonly string[]): Row[][] {
  const groups = Map.groupBy(rows, (row) => JSON.stringify(columns.map((column) => row[column])));
  return [...groups.values()];
}

function seedsOf(rows: readonly Row[]): Set<number> {
  return new Set(rows.map(({ seed }) => Number(seed)));
}
