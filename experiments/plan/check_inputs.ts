import type { PlannedRun } from "./planned_run.ts";
import type { PlanSources } from "./run_plan.ts";
import { UserError } from "../../lib/user_error.ts";

/**
 * Makes sure that what runs were planned with is at hand. A report plans with what its results say of their
 * data set and teacher; to train, both must be there.
 *
 * @throws UserError if the data set or teacher is missing, or is another one than planned
 */
export async function checkInputs(
  plan: readonly PlannedRun[],
  sources: PlanSources,
): Promise<void> {
  // The teachers first: data sets may be downloaded, for nothing if there is no teacher.
  for (const { dataset, teacher } of new Map(plan.map((run) => [run.teacher.name, run])).values()) {
    const { name, hash } = await sources.teacher(dataset.name, teacher.network);
    if (hash !== teacher.hash) throw different(`teacher ${name}`, teacher.hash, hash);
  }
  for (const [name, planned] of new Map(plan.map(({ dataset }) => [dataset.name, dataset]))) {
    const { fingerprint } = await sources.dataset(name);
    if (fingerprint !== planned.fingerprint) {
      throw different(`data set ${name}`, planned.fingerprint, fingerprint);
    }
  }
}

function different(what: string, theirs: string, ours: string): UserError {
  const [planned, here] = [theirs, ours].map((hash) => hash.slice(0, 12));
  return new UserError(
    `these results were made with a ${what} of SHA-256 ${planned}…, but the one here has ${here}…; train ` +
      `into another results folder, or put theirs in its place`,
  );
}
