import { printable } from "../files/printable.ts";

/** What a table shows in one cell; `null` where there is nothing to show. */
export type Cell = string | number | boolean | null;

export type Align = "left" | "right";

/** What is common to a table as text and as HTML. */
export interface TableOptions {
  /** Stands above the table. */
  readonly title?: string;
  /** Stands below it. */
  readonly note?: string;
  /** One a column; where there is none, columns of numbers are aligned to the right. */
  readonly align?: readonly (Align | undefined)[];
}

/** A number, alone or as in "≈ 86.51 ± 0.32 %", "+1.2" and "[0.7, 2.5]". */
const NUMERIC = /^[[(<>≈~]*\s*[-+−±]?\d[\d\s.,;:%×e±+−-]*[\])]?$/;

/**
 * The text of a cell. A number has at most six significant digits, enough for what is measured
 * here; one that needs a fixed number of decimals is given as text.
 */
export function cellText(cell: Cell): string {
  if (cell === null) return "–";
  if (typeof cell !== "number") return String(cell);
  return String(Number.isInteger(cell) ? cell : Number(cell.toPrecision(6)));
}

/** How each of `count` columns is aligned. */
export function alignments(
  count: number,
  rows: readonly (readonly Cell[])[],
  given: TableOptions["align"] = [],
): Align[] {
  return Array.from({ length: count }, (_, column) => {
    const cells = rows.map((row) => row[column]).filter((cell) => cell !== null);
    return given[column] ?? (cells.length > 0 && cells.every(isNumeric) ? "right" : "left");
  });
}

function isNumeric(cell: Cell): boolean {
  return typeof cell === "number" || typeof cell === "string" && NUMERIC.test(cell);
}

/**
 * A table for a terminal, its columns aligned with spaces:
 *
 *     method    accuracy (%)
 *     ──────  ──────────────
 *     hinton    86.02 ± 0.21
 *     bss       86.51 ± 0.32
 *
 * @param rows one cell a header
 */
export function formatTextTable(
  headers: readonly string[],
  rows: readonly (readonly Cell[])[],
  { title, note, align }: TableOptions = {},
): string {
  const lines = [headers, ...rows].map((row) => row.map((cell) => oneLine(cellText(cell))));
  const widths = headers.map((_, column) => Math.max(...lines.map((line) => length(line[column]))));
  const sides = alignments(headers.length, rows, align);
  const [header, ...body] = lines.map((line) =>
    line.map((text, column) => pad(text, widths[column], sides[column])).join("  ").trimEnd()
  );
  const rule = widths.map((width) => "─".repeat(width)).join("  ");
  return [title, header, rule, ...body, note].filter((line) => line !== undefined).join("\n");
}

/** A line break or a control character in a cell would break the table, or the terminal. */
function oneLine(text: string): string {
  return printable(text.replace(/[\s\p{Cc}]+/gu, " "));
}

function pad(text: string, width: number, side: Align): string {
  const spaces = " ".repeat(width - length(text));
  return side === "right" ? spaces + text : text + spaces;
}

function length(text: string): number {
  return [...text].length;
}
