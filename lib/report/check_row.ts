import { UserError } from "../user_error.ts";
import type { Columns, ColumnType, Row } from "./columns.ts";

const ACCEPTS: Readonly<Record<ColumnType, (value: unknown) => boolean>> = {
  utf8: (value) => typeof value === "string",
  float64: (value) => typeof value === "number",
  int32: (value) => typeof value === "number" && value === (value | 0),
  bool: (value) => typeof value === "boolean",
};

/**
 * Refuses a row that does not fit its columns: Arrow builders would turn a wrong value into another
 * one (1.5 into 1, "yes" into true) without a word.
 *
 * @param index of the row, for the error text
 * @throws UserError naming the row, the column and what it may hold
 */
export function checkRow(columns: Columns, row: Row, index: number): void {
  const names = Object.keys(columns);
  const unknown = Object.keys(row).find((name) => !Object.hasOwn(columns, name));
  if (unknown !== undefined) {
    throw new UserError(
      `row ${index} has an unknown column "${unknown}"; its columns are ${names.join(", ")}`,
    );
  }
  for (const name of names) {
    const value = row[name];
    if (value === undefined) throw new UserError(`row ${index} lacks column "${name}"`);
    if (value !== null && !ACCEPTS[columns[name]](value)) {
      throw new UserError(
        `row ${index}: column "${name}" is ${JSON.stringify(value)}, but must be ${columns[name]}`,
      );
    }
  }
}
