import type { Reader } from "./readers.ts";
import type { Columns, ColumnType, Row } from "../../../lib/store/arrow_file.ts";

const SQL_TYPES: Readonly<Record<ColumnType, string>> = {
  utf8: "VARCHAR",
  float64: "DOUBLE",
  int32: "INTEGER",
};

/** DuckDB, if its native library can be loaded. */
export async function duckdbReader(): Promise<Reader> {
  const library = await import("npm:@duckdb/node-api@1.5.6-r.1").catch((error: Error) => error);
  return {
    name: "DuckDB",
    formats: ["csv", "parquet"],
    reason: library instanceof Error ? `@duckdb/node-api: ${library.message.split("\n")[0]}` : "",
    async read(file, format, columns) {
      if (library instanceof Error) throw library;
      const database = await library.DuckDBInstance.create(":memory:");
      const connection = await database.connect();
      try {
        const source = format === "csv" ? readCsv(file, columns) : `read_parquet('${file}')`;
        const result = await connection.runAndReadAll(`SELECT * FROM ${source}`);
        return result.getRowObjects() as Row[];
      } finally {
        connection.closeSync();
        database.closeSync();
      }
    },
  };
}

function readCsv(file: string, columns: Columns): string {
  const types = Object.entries(columns).map(([name, type]) => `'${name}': '${SQL_TYPES[type]}'`);
  return `read_csv('${file}', header = true, columns = {${types}}, allow_quoted_nulls = false)`;
}
