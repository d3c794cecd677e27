import { type BasicType, parquetWriteBuffer } from "hyparquet-writer";
import { type ArrowContent, type ColumnType, encodeArrow, type Row } from "./arrow_file.ts";
import { UserError } from "../user_error.ts";

const PARQUET_TYPES: Readonly<Record<ColumnType, BasicType>> = {
  utf8: "STRING",
  float64: "DOUBLE",
  int32: "INT32",
};

/** Encodes a table as Parquet. The metadata become the file's key-value metadata. */
function encodeParquet({ columns, rows, metadata }: ArrowContent): Uint8Array {
  return new Uint8Array(parquetWriteBuffer({
    columnData: Object.entries(columns).map(([name, type]) => ({
      name,
      data: rows.map((row) => row[name]),
      type: PARQUET_TYPES[type],
    })),
    kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  }));
}

/**
 * Encodes a table as CSV (RFC 4180) in UTF-8: a header, then one line per row, each ended by LF.
 * A null is an empty field, an empty text is `""`, and numbers keep all their digits. The metadata
 * are left out. A text that a spreadsheet would run as a formula gets an apostrophe in front; other
 * readers see the apostrophe too.
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

/** A file format that other tools read. */
export interface ExportFormat {
  /** The format's name and file extension. */
  readonly name: string;
  readonly encode: (content: ArrowContent) => Uint8Array;
}

/** All export formats. To add one, add it here. */
export const exportFormats: readonly ExportFormat[] = [
  { name: "csv", encode: encodeCsv },
  {
    name: "arrow",
    encode: ({ columns, rows, metadata }) => encodeArrow(columns, rows, metadata),
  },
  { name: "parquet", encode: encodeParquet },
];

/** @throws UserError listing the valid names */
export function exportFormatNamed(name: string): ExportFormat {
  const format = exportFormats.find((candidate) => candidate.name === name);
  if (format) return format;
  const names = exportFormats.map((candidate) => candidate.name).join(", ");
  throw new UserError(
    `there is no format "${name}"; choose from ${names}, by --format or the file's ending`,
  );
}
