import { join } from "node:path";
import type { Finding } from "./finding.ts";
import { runNameOf, type StoredRun } from "./stored_result.ts";
import { weightsFault } from "../table/result_fault.ts";
import { studentPath } from "../table/run_results.ts";
import { asUserError } from "../../lib/as_user_error.ts";
import { sha256 } from "../../lib/files/sha256.ts";
import type { ResultsFolder } from "../../lib/store/results_folder.ts";

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
    return { file, kind: "damaged", message: (asUserError(error) as Error).message };
  }
  const message = weightsFault(sha256(bytes), run.name, run.metadata.weights);
  return message === null ? null : { file, kind: "damaged", message };
}
