import { join } from "node:path";
import type { PlannedRun } from "./planned_run.ts";
import type { DatasetDescription } from "../../lib/data/dataset.ts";
import { PROJECT_ROOT } from "../../lib/files/project_root.ts";
import { writeAtomically } from "../../lib/files/write_atomically.ts";
import { type TeacherFile, teacherFile, teacherName } from "../../lib/training/teacher_store.ts";
import { UserError } from "../../lib/user_error.ts";

/**
 * A results folder describes the data sets and teachers that its runs were made with and that do not
 * come with the project, such as images and weights that nobody may give away: `inputs/cifar10.json`. With that,
 * tables, figures and notebooks can be made of the results where neither is at hand.
 */
const FOLDER = "inputs";

/** What is known of a teacher whose weights may be elsewhere. */
type TeacherCard = Omit<TeacherFile, "file">;

/** Describes what a plan's runs are made with, where that does not come with the project. */
export async function keepInputCards(
  results: string,
  plan: readonly Pick<PlannedRun, "dataset" | "teacher">[],
): Promise<void> {
  // Hundreds of runs have a few of them.
  const datasets = new Map(plan.map(({ dataset }) => [dataset.name, dataset]));
  for (const [name, dataset] of datasets) {
    if (dataset.provenance !== "embedded") await keepCard(results, name, dataset);
  }
  const teachers = new Map(plan.map(({ teacher }) => [teacher.name, teacher]));
  for (const { file, ...card } of teachers.values()) {
    if (file !== teacherFile(join(PROJECT_ROOT, "results"), card.name)) {
      await keepCard(results, card.name, card);
    }
  }
}

/** @throws UserError if the card is damaged */
export function datasetCard(results: string, name: string): Promise<DatasetDescription | null> {
  return readCard<DatasetDescription>(results, name, ["fingerprint", "train", "test", "classes"]);
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
  const card = await readCard<TeacherCard>(results, name, ["network", "hash", "metadata"]);
  return card && { ...card, file: teacherFile(results, name) };
}

async function keepCard(results: string, name: string, card: object): Promise<void> {
  const file = cardFile(results, name);
  const text = `${JSON.stringify(card, null, 2)}\n`;
  if (await Deno.readTextFile(file).catch(() => null) === text) return;
  await writeAtomically(file, new TextEncoder().encode(text));
}

async function readCard<T extends object>(
  results: string,
  name: string,
  keys: readonly (keyof T & string)[],
): Promise<T | null> {
  const file = cardFile(results, name);
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  const card = parsed(text);
  if (keys.every((key) => Object.hasOwn(card, key))) return card as T;
  throw new UserError(
    `${file} is damaged: it should be JSON with ${
      keys.join(", ")
    }; restore it, or delete it, and ` +
      `the next "deno task reproduce" on these results writes it anew`,
  );
}

function parsed(text: string): object {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

function cardFile(results: string, name: string): string {
  return join(results, FOLDER, `${name}.json`);
}
