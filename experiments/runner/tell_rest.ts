import { holderOf } from "./claim.ts";
import type { RunReport } from "./run_missing.ts";
import { printableLines } from "../../lib/files/printable.ts";
import type { ResultsFolder } from "../../lib/report/results_folder.ts";

/** Says on standard error which runs failed and why, and which are not finished. */
export async function tellRest(
  { failed, left, elsewhere }: RunReport,
  folder: ResultsFolder,
): Promise<void> {
  for (const { run, cause } of failed) {
    console.error(`failed: ${run.name}\n  ${printableLines(cause)}`);
  }
  for (const run of left) console.error(`not finished: ${run.name}`);
  for (const run of elsewhere) {
    const holder = await holderOf(folder.path, run.name);
    const who = holder ? `process ${holder.pid} on ${holder.host}` : "another process";
    console.error(`not run here: ${run.name}, ${who} is at it`);
  }
  if (failed.length + left.length > 0) {
    console.error("run the same command again for what is missing");
  }
}
