import { join } from "node:path";
import type { Finding } from "./finding.ts";
import { runNameOf, type StoredRun } from "./stored_result.ts";
import { studentPath } from "../table/run_results.ts";
import { sha256 } from "../../lib/files/sha256.ts";
import { resultFile } from "../../lib/report/result_file.ts";
import type { ResultsFolder } from "../../lib/report/results_folder.ts";

/**
 * Whether the final weights beside a run are those it ended in.
 *
 * @returns null if they are; "not kept" if there are none, which is no fault: they are only needed to
 *   measure more of the student
 */
export async function weightsFinding(
  folder: ResultsFolder,
  run: StoredRun,
): Promise<Finding | "not kept" | null> {
  const file = studentPath(runNameOf(run));
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(join(folder.path, file));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "not kept";
    throw error;
  }
  const hash = sha256(bytes);
  return hash === run.metadata.weights ? null : {
    file,
    kind: "damaged",
    message:
      `its SHA-256 is ${hash}, but the run says ${run.metadata.weights}; put back the file, or ` +
      `delete it and ${resultFile(run.name)}, and \`deno task reproduce\` makes both again`,
  };
}
