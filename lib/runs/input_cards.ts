import type { PlannedRun } from "./planned_run.ts";
import type { DatasetDescription } from "../data/dataset.ts";
import { RESULTS } from "../files/project_root.ts";
import { type CardKind, keepCard } from "../store/input_card.ts";
import { cardOf, TEACHER_CARD, teacherFile } from "../teacher/find.ts";
import type { PlanSources } from "./plan.ts";
import { UserError } from "../user_error.ts";

export const DATASET_CARD: CardKind<DatasetDescription> = {
  what: "data set",
  keys: [
    "name",
    "title",
    "classes",
    "height",
    "width",
    "channels",
    "mean",
    "std",
    "provenance",
    "fingerprint",
    "train",
    "test",
  ],
  identity: "fingerprint",
};

/**
 * Writes cards of a plan's data sets and teachers, except those that come with the project.
 *
 * @throws UserError if the folder describes another data set or teacher of that name
 */
export async function keepInputCards(
  results: string,
  plan: readonly Pick<PlannedRun, "dataset" | "teacher">[],
): Promise<void> {
  // Hundreds of runs share a few of them.
  const datasets = new Map(plan.map(({ dataset }) => [dataset.name, dataset]));
  for (const dataset of datasets.values()) {
    if (dataset.provenance !== "embedded") await keepCard(DATASET_CARD, results, dataset);
  }
  const teachers = new Map(plan.map(({ teacher }) => [teacher.name, teacher]));
  for (const teacher of teachers.values()) {
    if (teacher.file !== teacherFile(RESULTS, teacher.name)) {
      await keepCard(TEACHER_CARD, results, cardOf(teacher));
    }
  }
}

/**
 * Checks that the planned data sets and teachers are at hand. A report plans with their cards
 * alone; training needs the images and weights.
 *
 * @throws UserError if a data set or teacher is missing, or is another one than planned
 */
export async function checkInputs(
  plan: readonly PlannedRun[],
  sources: PlanSources,
): Promise<void> {
  // Teachers first: without one, the download of a data set would be wasted.
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
    `these results were made with a ${what} of SHA-256 ${planned}…, but the one here has ${here}…; put ` +
      `back the one of ${planned}…, or use another results folder`,
  );
}
