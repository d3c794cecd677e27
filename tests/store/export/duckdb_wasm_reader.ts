import { fileURLToPath } from "node:url";
import type { Reader } from "./readers.ts";
import type { Row } from "../../../lib/store/arrow_file.ts";

/** Length of the padded name at the start of an Arrow file. The rest is an Arrow stream. */
const FILE_START = 8;

/** DuckDB as WebAssembly. It reads Arrow as a stream that it is given, like DuckDB in Python. */
export async function duckdbWasmReader(): Promise<Reader> {
  const library = await import("npm:@duckdb/duckdb-wasm@1.32.0/blocking").catch((error: Error) =>
    error
  );
  return {
    name: "DuckDB (WebAssembly)",
    formats: ["arrow"],
    reason: library instanceof Error
      ? `@duckdb/duckdb-wasm: ${library.message.split("\n")[0]}`
      : "",
    async read(file) {
      if (library instanceof Error) throw library;
      const module = fileURLToPath(
        import.meta.resolve("npm:@duckdb/duckdb-wasm@1.32.0/dist/duckdb-eh.wasm"),
      );
      const database = await library.createDuckDB(
        { mvp: { mainModule: module, mainWorker: "" }, eh: { mainModule: module, mainWorker: "" } },
        new library.VoidLogger(),
        library.NODE_RUNTIME,
      );
      await database.instantiate();
      const connection = database.connect();
      const bytes = await Deno.readFile(file);
      connection.insertArrowFromIPCStream(bytes.subarray(FILE_START), { name: "t", create: true });
      return connection.query("SELECT * FROM t").toArray().map((row: { toJSON(): Row }) =>
        row.toJSON()
      );
    },
  };
}
