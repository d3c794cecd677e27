/**
 * A process for results_folder_processes_test.ts.
 *
 *     results_folder_writer.ts FOLDER NAME…     writes each result once
 *     results_folder_writer.ts FOLDER --again NAME  overwrites one until it is killed
 *
 * It prints a line before each write.
 */
import { ResultsFolder } from "../../lib/store/results_folder.ts";

const [path, ...names] = Deno.args;
const folder = await ResultsFolder.open(path);
const write = (name: string, rows: number) =>
  folder.write(name, { epoch: "int32" }, Array.from({ length: rows }, (_, epoch) => ({ epoch })), {
    rows: String(rows),
  });

console.log("writing");
if (names[0] === "--again") {
  for (let rows = 1;; rows++) await write(names[1], rows);
} else {
  for (const name of names) await write(name, 1);
}
