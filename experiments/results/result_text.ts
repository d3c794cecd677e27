import type { StoredResult } from "./stored_result.ts";
import { counted } from "../../lib/report/duration.ts";
import { printable, printableLines } from "../../lib/files/printable.ts";

/** What a result says of itself: its metadata, and which columns its rows have. */
export function resultText({ name, columns, rows, metadata }: StoredResult): string {
  return [
    name,
    ...Object.entries(metadata).map(([key, value]) => `  ${printable(key)}: ${indented(value)}`),
    `  ${counted(rows.length, "row")} of`,
    ...Object.entries(columns).map(([column, type]) => `    ${printable(column)} (${type})`),
  ].join("\n");
}

/** A record or list in several lines, anything else as it is. */
function indented(text: string): string {
  if (!/^[{[]/.test(text)) return printable(text);
  return printableLines(JSON.stringify(JSON.parse(text), null, 2)).replaceAll("\n", "\n  ");
}
