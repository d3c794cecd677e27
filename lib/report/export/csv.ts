import type { ArrowContent } from "../arrow_file.ts";
import type { Row } from "../columns.ts";

/**
 * A table as CSV (RFC 4180) in UTF-8: a header, then a line a row, each ended by LF. A null is empty and
 * an empty text is `""`; numbers have all the digits it takes to read the same number back. There is
 * no room for the metadata. A text that a spreadsheet would compute as a formula gets an apostrophe in
 * front, which makes it a text there and which every other reader finds too.
 */
export function encodeCsv(
  { columns, rows }: Pick<ArrowContent, "columns" | "rows">,
): Uint8Array {
  const names = Object.keys(columns);
  const lines = [names, ...rows.map((row) => names.map((name) => row[name]))];
  return new TextEncoder().encode(
    lines.map((line) => line.map(fieldText).join(",") + "\n").join(""),
  );
}

const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function fieldText(value: Row[string]): string {
  if (value === null) return "";
  if (Object.is(value, -0)) return "-0";
  const isFormula = typeof value === "string" && FORMULA.test(value) && !NUMBER.test(value);
  const text = isFormula ? `'${value}` : String(value);
  return text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
