import type { Align, TableCell } from "./cell.ts";
import { bundleOf, DISPLAY, type Displayable } from "./display.ts";
import { displayTable } from "./display_table.ts";
import { UserError } from "../user_error.ts";

/** The part of Arquero's `ColumnTable` that is used here. */
export interface ArqueroTable {
  numRows(): number;
  columnNames(): string[];
  /** The rows in the table's order, without rows that a filter left out. */
  objects(options: { limit: number }): object[];
}

/** A column of a table and its format. */
export interface ArqueroColumn {
  /** Name of the column in the table. */
  readonly key: string;
  /** Default: the name with spaces for underscores. */
  readonly title?: string;
  /** Shown in brackets behind the title. */
  readonly unit?: string;
  /** Factor of all numbers, for example 100 for shares in percent. */
  readonly scale?: number;
  /** Decimals of its numbers. Default: none for whole numbers, else four digits of the largest. */
  readonly digits?: number;
  readonly align?: Align;
}

export interface ArqueroOptions {
  readonly title?: string;
  readonly note?: string;
  /** Names, or names with formats. Default: all columns. */
  readonly columns?: readonly (string | ArqueroColumn)[];
  /** The most rows to show. A note gives the number of all rows if there are more. */
  readonly maxRows?: number;
}

const MAX_ROWS = 20;

/**
 * Makes a table for a notebook from an Arquero table.
 *
 * @throws UserError for a column that the table does not have
 */
export function displayArquero(table: ArqueroTable, options: ArqueroOptions = {}): Displayable {
  const { title, note, maxRows = MAX_ROWS, columns: chosen = table.columnNames() } = options;
  const columns = chosen.map((column) => typeof column === "string" ? { key: column } : column);
  const unknown = columns.find(({ key }) => !table.columnNames().includes(key));
  if (unknown) {
    throw new UserError(
      `the table has no column "${unknown.key}"; it has ${table.columnNames().join(", ")}`,
    );
  }
  const rows = table.objects({ limit: maxRows }) as Readonly<Record<string, unknown>>[];
  const texts = columns.map((column) => cellsOf(column, rows.map((row) => row[column.key])));
  const count = table.numRows();
  const more = count > rows.length ? `the first ${rows.length} of ${count} rows` : undefined;
  const notes = [more, note].filter((line) => line !== undefined);
  return displayTable({
    title,
    columns: columns.map(({ key, title = key.replaceAll("_", " "), unit, align }, index) => ({
      key: String(index),
      title,
      unit,
      align: align ?? (hasNumbers(rows, key) ? "right" : undefined),
    })),
    rows: rows.map((_, row) => Object.fromEntries(texts.map((cells, i) => [i, cells[row]]))),
    note: notes.length > 0 ? notes.join("; ") : undefined,
  });
}

/**
 * Makes notebooks show each Arquero table that is the value of a cell, in the form of
 * {@linkcode displayArquero}.
 *
 * @param tables Arquero's `ColumnTable`
 */
export function showArqueroTables(tables: { readonly prototype: ArqueroTable }): void {
  Object.defineProperty(tables.prototype, DISPLAY, {
    configurable: true,
    value(this: ArqueroTable) {
      return bundleOf(displayArquero(this));
    },
  });
}

/** Values decide the alignment, because the text of a column of NaN does not look like numbers. */
function hasNumbers(rows: readonly Readonly<Record<string, unknown>>[], key: string): boolean {
  return rows.some((row) => typeof row[key] === "number");
}

function cellsOf(
  { scale = 1, digits }: ArqueroColumn,
  values: readonly unknown[],
): TableCell[] {
  const scaled = values.map((value) => typeof value === "number" ? scale * value : value);
  const decimals = digits ?? decimalsFor(scaled.filter((value) => typeof value === "number"));
  return scaled.map((value) => {
    if (value === null || value === undefined) return null;
    if (typeof value === "number") {
      return Number.isFinite(value) ? value.toFixed(decimals) : String(value);
    }
    if (value instanceof Date) return value.toISOString();
    return typeof value === "boolean" ? value : String(value);
  });
}

/** Finds the number of decimals that gives the largest number four digits. */
function decimalsFor(numbers: readonly number[]): number {
  const finite = numbers.filter(Number.isFinite);
  if (finite.every(Number.isInteger)) return 0;
  const largest = Math.max(...finite.map(Math.abs));
  return Math.min(12, Math.max(0, 3 - Math.floor(Math.log10(largest))));
}
