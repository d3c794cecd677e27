import { arrowJsReader } from "./arrow_js_reader.ts";
import { duckdbReader } from "./duckdb_reader.ts";
import { duckdbWasmReader } from "./duckdb_wasm_reader.ts";
import { pyarrowReader } from "./pyarrow_reader.ts";
import type { Columns, Row } from "../../../lib/store/arrow_file.ts";

/** A program of others that reads what we write. */
export interface Reader {
  readonly name: string;
  readonly formats: readonly string[];
  /** Why it can't be had here; empty if it can. */
  readonly reason: string;
  /** @param columns what a CSV file, which says no types, is to be read as */
  read(file: string, format: string, columns: Columns): Promise<Row[]>;
}

export const readers: readonly Reader[] = [
  arrowJsReader,
  await duckdbReader(),
  await duckdbWasmReader(),
  await pyarrowReader(),
];
