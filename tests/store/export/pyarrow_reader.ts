import { findProgram } from "../../../lib/files/find_program.ts";
import type { Reader } from "./readers.ts";
import type { Row } from "../../../lib/store/arrow_file.ts";

/** A script that prints rows as JSON, with floats as texts: JSON has neither NaN nor infinity. */
const SCRIPT = `
import json, sys
import pyarrow as pa, pyarrow.parquet as pq
file, format = sys.argv[1:]
table = pa.ipc.open_file(file).read_all() if format == "arrow" else pq.read_table(file)
rows = [{k: repr(v) if type(v) is float else v for k, v in row.items()} for row in table.to_pylist()]
print(json.dumps(rows))
`;

/** pyarrow, if python3 has it. */
export async function pyarrowReader(): Promise<Reader> {
  return {
    name: "pyarrow",
    formats: ["arrow", "parquet"],
    reason: await python("import pyarrow").then(() => "", () => "python3 has no pyarrow"),
    async read(file, format, columns) {
      const rows: Row[] = JSON.parse(await python(SCRIPT, file, format));
      return rows.map((row) =>
        Object.fromEntries(
          Object.entries(row).map(([name, value]) => [
            name,
            columns[name] === "float64" && value !== null ? parseFloatText(String(value)) : value,
          ]),
        )
      );
    },
  };
}

/** Parses a float as Python prints it: "nan", "-inf", "0.1". */
function parseFloatText(text: string): number {
  return Number(text.replace("inf", "Infinity").replace("nan", "NaN"));
}

async function python(script: string, ...args: string[]): Promise<string> {
  const program = await findProgram(["python3"]);
  if (program === null) throw new Error("there is no python3");
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: ["-c", script, ...args],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
