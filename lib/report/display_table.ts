import {
  type Align,
  alignments,
  cellText,
  formatTextTable,
  type TableCell,
  type TableOptions,
} from "./cell.ts";
import { type Displayable, displayable } from "./display.ts";
import { escapeHtml } from "./escape_html.ts";

/** One column of a table. */
export interface TableColumn {
  /** Key of its values in the rows. */
  readonly key: string;
  readonly title: string;
  /** Shown in brackets behind the title. */
  readonly unit?: string;
  /** Default: numbers to the right, text to the left. */
  readonly align?: Align;
}

export interface Table {
  readonly title?: string;
  readonly columns: readonly TableColumn[];
  /** A key that a row lacks is shown as "–", like `null`. */
  readonly rows: readonly Readonly<Record<string, TableCell>>[];
  readonly note?: string;
}

/** Makes a table that a notebook shows as HTML and a terminal as text. */
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

/**
 * Makes an HTML table and escapes all text. Styles are inline because notebooks drop style sheets.
 * They set no colours, so that the table is readable in light and dark themes.
 *
 * @param rows one cell for each header
 */
export function formatHtmlTable(
  headers: readonly string[],
  rows: readonly (readonly TableCell[])[],
  { title, note, align }: TableOptions = {},
): string {
  const sides = alignments(headers.length, rows, align);
  const cell = (tag: "th" | "td", content: TableCell, column: number) =>
    `<${tag}${tag === "th" ? ' scope="col"' : ""} style="text-align:${sides[column]};` +
    `padding:0.3em 0.9em;${tag === "th" ? HEAD_LINE : ROW_LINE}">` +
    `${cellHtml(content)}</${tag}>`;
  const row = (tag: "th" | "td", cells: readonly TableCell[]) =>
    `<tr>${cells.map((content, column) => cell(tag, content, column)).join("")}</tr>`;
  const caption = title === undefined
    ? ""
    : `<caption style="caption-side:top;text-align:left;font-weight:bold;color:inherit;` +
      `padding:0.3em 0.9em">${escapeHtml(title)}</caption>`;
  const below = note === undefined
    ? ""
    : `<p style="margin:0.4em 1em 1em;font-size:90%">${escapeHtml(note)}</p>`;
  return `<table style="border-collapse:collapse;font-variant-numeric:tabular-nums;margin:0.5em 0">` +
    `${caption}<thead>${row("th", headers)}</thead>` +
    `<tbody>${rows.map((cells) => row("td", cells)).join("")}</tbody></table>${below}`;
}

function cellHtml(cell: TableCell): string {
  const text = escapeHtml(cellText(cell));
  return cell !== null && typeof cell === "object"
    ? `<a href="${escapeHtml(cell.href)}">${text}</a>`
    : text;
}

const HEAD_LINE = "border-bottom:2px solid currentColor";
const ROW_LINE = "border-bottom:1px solid rgba(128,128,128,0.4)";
