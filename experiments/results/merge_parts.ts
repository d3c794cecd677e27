import type { ArrowContent, Columns, ColumnType, Row } from "../../lib/store/arrow_file.ts";
import { UserError } from "../../lib/user_error.ts";

/** A table, with columns to put in front of it that have the same value in every row. */
export interface Part {
  readonly name: string;
  readonly front: { readonly columns: Columns; readonly fields: Row };
  readonly content: Pick<ArrowContent, "columns" | "rows">;
}

/**
 * Tables one below the other, the columns in front first. A column that some of them lack is null there;
 * whole numbers in some and fractions in others are all of them fractions.
 *
 * @throws UserError if a column has two other types
 */
export function mergeParts(parts: readonly Part[]): Pick<ArrowContent, "columns" | "rows"> {
  const columns: Record<string, ColumnType> = {};
  const add = (name: string, more: Columns) => {
    for (const [column, type] of Object.entries(more)) {
      const common = commonType(columns[column] ?? type, type);
      if (common === null) {
        throw new UserError(
          `${name} cannot stand below those before it: its column "${column}" is ${type}, theirs ` +
            `${columns[column]}; export it alone`,
        );
      }
      columns[column] = common;
    }
  };
  for (const { name, front } of parts) add(name, front.columns);
  for (const { name, content } of parts) add(name, content.columns);
  const names = Object.keys(columns);
  const rows = parts.flatMap(({ front, content }) =>
    content.rows.map((row) => {
      const whole: Row = { ...front.fields, ...row };
      return Object.fromEntries(names.map((name) => [name, whole[name] ?? null]));
    })
  );
  return { columns, rows };
}

function commonType(one: ColumnType, other: ColumnType): ColumnType | null {
  const isNumber = (type: ColumnType) => type === "int32" || type === "float64";
  return one === other ? one : isNumber(one) && isNumber(other) ? "float64" : null;
}
