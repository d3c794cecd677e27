import { type BasicType, parquetWriteBuffer } from "hyparquet-writer";
import type { ArrowContent } from "../arrow_file.ts";
import type { ColumnType } from "../columns.ts";

const PARQUET_TYPES: Readonly<Record<ColumnType, BasicType>> = {
  utf8: "STRING",
  float64: "DOUBLE",
  int32: "INT32",
  bool: "BOOLEAN",
};

/** A table as a Parquet file; the metadata becomes the file's key-value metadata. */
export function encodeParquet({ columns, rows, metadata }: ArrowContent): Uint8Array {
  return new Uint8Array(parquetWriteBuffer({
    columnData: Object.entries(columns).map(([name, type]) => ({
      name,
      data: rows.map((row) => row[name]),
      type: PARQUET_TYPES[type],
    })),
    kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  }));
}
