import { type ArrowContent, encodeArrow } from "../arrow_file.ts";
import { UserError } from "../../user_error.ts";
import { encodeCsv } from "./csv.ts";
import { encodeParquet } from "./parquet.ts";

/** A file format that other tools read. */
export interface ExportFormat {
  /** Also the extension of its files. */
  readonly name: string;
  readonly encode: (content: ArrowContent) => Uint8Array;
}

/** Every format; adding one takes a file and a line here. */
export const exportFormats: readonly ExportFormat[] = [
  { name: "csv", encode: encodeCsv },
  {
    name: "arrow",
    encode: ({ columns, rows, metadata }) => encodeArrow(columns, rows, metadata),
  },
  { name: "parquet", encode: encodeParquet },
];

/** @throws UserError that lists the valid names */
export function exportFormatNamed(name: string): ExportFormat {
  const format = exportFormats.find((candidate) => candidate.name === name);
  if (format) return format;
  const names = exportFormats.map((candidate) => candidate.name).join(", ");
  throw new UserError(
    `there is no format "${name}"; choose from ${names}, by --format or the file's ending`,
  );
}
