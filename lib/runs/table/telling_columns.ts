import { cellText, type TableCell } from "../../report/cell.ts";
import type { Table, TableColumn } from "../../report/display_table.ts";

/** A table's columns that differ, and in words what the others say. */
interface TellingColumns {
  readonly columns: TableColumn[];
  /** "student resnet8": the settings that are the same in all rows, for the table's title */
  readonly constants: string[];
}

/**
 * Drops the columns of a table that tell nothing: those without any value, and settings that are
 * the same in all rows.
 *
 * @param settings keys of the columns that are settings, not measurements
 */
export function tellingColumns(
  { columns, rows }: Pick<Table, "columns" | "rows">,
  settings: readonly string[],
): TellingColumns {
  const cellsOf = ({ key }: TableColumn) => rows.map((row): TableCell => row[key] ?? null);
  const filled = columns.filter((column) =>
    rows.length === 0 || cellsOf(column).some((cell) => cell !== null)
  );
  const isConstant = (column: TableColumn) =>
    rows.length > 1 && settings.includes(column.key) &&
    new Set(cellsOf(column).map(cellText)).size === 1;
  return {
    columns: filled.filter((column) => !isConstant(column)),
    constants: filled.filter(isConstant).map((column) =>
      [column.title, cellText(cellsOf(column)[0]), column.unit].filter(Boolean).join(" ")
    ),
  };
}
