import { type Align, alignments, type Cell, cellText, type TableOptions } from "./cell.ts";
import { printable } from "../files/printable.ts";

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
