import { withMinusSigns } from "./minus_signs.ts";
import { printable, printableLines } from "../files/printable.ts";

/** The content of a table's cell; `null` is shown as "–". */
export type TableCell = string | number | boolean | CellLink | null;

/** A text that leads to another notebook or page; a terminal shows the text. */
export interface CellLink {
  readonly text: string;
  readonly href: string;
}

export type Align = "left" | "right";

/** The options of both text and HTML tables. */
export interface TableOptions {
  /** Shown above the table. */
  readonly title?: string;
  /** Shown below the table. */
  readonly note?: string;
  /** One for each column. Default: numbers to the right, text to the left. */
  readonly align?: readonly (Align | undefined)[];
}

/** A number, or a text such as "≈ 86.51 ± 0.32 %", "+1.2" or "[0.7, 2.5]". */
const NUMERIC = /^[[(<>≈~]*\s*[-+−±]?\d[\d\s.,;:%×e±+−-]*[\])]?$/;

/**
 * Returns the text of a cell. Numbers have at most six significant digits. Callers that need a
 * fixed number of decimals pass text.
 */
export function cellText(cell: TableCell): string {
  if (cell === null) return "–";
  if (typeof cell === "object") return withMinusSigns(cell.text);
  if (typeof cell !== "number") return withMinusSigns(String(cell));
  return withMinusSigns(String(Number.isInteger(cell) ? cell : Number(cell.toPrecision(6))));
}

/** Gives the alignment of each of `count` columns. */
export function alignments(
  count: number,
  rows: readonly (readonly TableCell[])[],
  given: TableOptions["align"] = [],
): Align[] {
  return Array.from({ length: count }, (_, column) => {
    const cells = rows.map((row) => row[column]).filter((cell) => cell !== null);
    return given[column] ?? (cells.length > 0 && cells.every(isNumeric) ? "right" : "left");
  });
}

function isNumeric(cell: TableCell): boolean {
  return typeof cell === "number" || typeof cell === "string" && NUMERIC.test(cell);
}

/**
 * Makes a table for a terminal. Spaces align its columns:
 *
 *     method    accuracy (%)
 *     ──────  ──────────────
 *     hinton    86.02 ± 0.21
 *     bss       86.51 ± 0.32
 *
 * @param rows one cell for each header
 */
export function formatTextTable(
  headers: readonly string[],
  rows: readonly (readonly TableCell[])[],
  { title, note, align }: TableOptions = {},
): string {
  const lines = [headers, ...rows].map((row) => row.map((cell) => oneLine(cellText(cell))));
  const widths = headers.map((_, column) => Math.max(...lines.map((line) => length(line[column]))));
  const sides = alignments(headers.length, rows, align);
  const [header, ...body] = lines.map((line) =>
    line.map((text, column) => pad(text, widths[column], sides[column])).join("  ").trimEnd()
  );
  const rule = widths.map((width) => "─".repeat(width)).join("  ");
  const [above, below] = [title, note].map((text) => text && printableLines(text));
  return [above, header, rule, ...body, below].filter((line) => line !== undefined).join("\n");
}

/** Makes a table for a README. */
export function formatMarkdownTable(
  headers: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  return [headers, headers.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.map(cellText).join(" | ")} |`).join("\n");
}

/** Removes line breaks and control characters, which would break the table or the terminal. */
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
