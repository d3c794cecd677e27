import { arrowJsReader } from "./arrow_js_reader.ts";
import { duckdbReader } from "./duckdb_reader.ts";
import { duckdbWasmReader } from "./duckdb_wasm_reader.ts";
import { pyarrowReader } from "./pyarrow_reader.ts";
import type { Columns, Row } from "../../../lib/store/arrow_file.ts";

/** Another program that reads our files. */
export interface Reader {
  readonly name: string;
  readonly formats: readonly string[];
  /** The reason why it is missing here; empty if it is there. */
  readonly reason: string;
  /** @param columns the types of the columns, which a CSV file lacks */
  read(file: string, format: string, columns: Columns): Promise<Row[]>;
}

export const readers: readonly Reader[] = [
  arrowJsReader,
  await duckdbReader(),
  await duckdbWasmReader(),
  await pyarrowReader(),
];
