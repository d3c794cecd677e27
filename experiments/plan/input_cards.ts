import { join } from "node:path";
import type { PlannedRun } from "./planned_run.ts";
import type { DatasetDescription } from "../../lib/data/dataset.ts";
import { PROJECT_ROOT } from "../../lib/files/project_root.ts";
import { type CardKind, keepCard, readCard } from "../../lib/report/input_card.ts";
import {
  cardOf,
  TEACHER_CARD,
  type TeacherFile,
  teacherFile,
  teacherName,
} from "../../lib/training/teacher_store.ts";

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
 * Describes what a plan's runs are made with, where that does not come with the project.
 *
 * @throws UserError if the folder describes another data set or teacher of that name
 */
export async function keepInputCards(
  results: string,
  plan: readonly Pick<PlannedRun, "dataset" | "teacher">[],
): Promise<void> {
  // Hundreds of runs have a few of them.
  const datasets = new Map(plan.map(({ dataset }) => [dataset.name, dataset]));
  for (const dataset of datasets.values()) {
    if (dataset.provenance !== "embedded") await keepCard(DATASET_CARD, results, dataset);
  }
  const teachers = new Map(plan.map(({ teacher }) => [teacher.name, teacher]));
  for (const teacher of teachers.values()) {
    if (teacher.file !== teacherFile(join(PROJECT_ROOT, "results"), teacher.name)) {
      await keepCard(TEACHER_CARD, results, cardOf(teacher));
    }
  }
}

/** @throws UserError if the card is damaged */
export function datasetCard(results: string, name: string): Promise<DatasetDescription | null> {
  return readCard(DATASET_CARD, results, name);
}

/**
 * With the place where the weights would be.
 *
 * @throws UserError if the card is damaged
 */
export async function teacherCard(
  results: string,
  dataset: string,
  network: string,
): Promise<TeacherFile | null> {
  const name = teacherName(dataset, network);
  const card = await readCard(TEACHER_CARD, results, name);
  return card && { ...cardOf(card), file: teacherFile(results, name) };
}
