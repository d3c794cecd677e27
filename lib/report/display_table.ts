import type { Align, Cell } from "./cell.ts";
import { type Displayable, displayable } from "./display.ts";
import { formatHtmlTable } from "./html_table.ts";
import { formatTextTable } from "./text_table.ts";

/** One column of a table: which value of a row it shows, and how. */
export interface TableColumn {
  readonly key: string;
  readonly title: string;
  /** Shown in brackets behind the title. */
  readonly unit?: string;
  /** Without it, columns of numbers are aligned to the right. */
  readonly align?: Align;
}

export interface Table {
  readonly title?: string;
  readonly columns: readonly TableColumn[];
  /** A key that a row lacks is shown as "–", like `null`. */
  readonly rows: readonly Readonly<Record<string, Cell>>[];
  readonly note?: string;
}

/** A table that a notebook shows as HTML and anything else as text. */
export function displayTable({ title, columns, rows, note }: Table): Displayable {
  const headers = columns.map(({ title, unit }) =>
    unit === undefined ? title : `${title} (${unit})`
  );
  const cells = rows.map((row) => columns.map(({ key }) => row[key] ?? null));
  const options = { title, note, align: columns.map(({ align }) => align) };
  return displayable(() => ({
    "text/html": formatHtmlTable(headers, cells, options),
    "text/plain": formatTextTable(headers, cells, options),
  }));
}
