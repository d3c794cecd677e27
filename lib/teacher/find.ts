import { dirname, join } from "node:path";
import { describeDifference } from "../training/run_specification.ts";
import { PROJECT_ROOT } from "../files/project_root.ts";
import { decodeSafetensors } from "../nn/safetensors.ts";
import { readWeightsFile, weightsHash, writeWeights } from "../nn/weights_file.ts";
import { type CardKind, cardPath, keepCard, readCard } from "../store/input_card.ts";
import { UserError } from "../user_error.ts";

/** The results folder with the teachers that come with the project, and their cards. */
const COMMITTED = join(PROJECT_ROOT, "results");

/** A teacher is named after the data set that it was trained on and its network, "resnet26". */
export function teacherName(dataset: string, network: string): string {
  return `${dataset}-${network}`;
}

/** The network in a teacher's name; undefined if the name is none of a teacher. */
export function networkOf(name: string): string | undefined {
  return /^.+-(resnet\d+(?:-4stage)?)$/.exec(name)?.[1];
}

/** Where `teacher train` and `teacher import` put a teacher. */
export function teacherFile(resultsFolder: string, name: string): string {
  return join(resultsFolder, "teachers", `${name}.safetensors`);
}

/** The place of a teacher's weights. */
export interface TeacherPlace {
  readonly name: string;
  /** "resnet26", … */
  readonly network: string;
  readonly file: string;
}

/** A teacher's weights on disk. */
export interface TeacherFile extends TeacherPlace {
  readonly hash: string;
  /** What the file says of its making: data set, test accuracy, … */
  readonly metadata: Readonly<Record<string, string>>;
}

/** What is known of a teacher whose weights may be elsewhere. */
export type TeacherCard = Omit<TeacherFile, "file">;

export const TEACHER_CARD: CardKind<TeacherCard> = {
  what: "teacher",
  keys: ["name", "network", "hash", "metadata"],
  identity: "hash",
};

/**
 * Finds a teacher in the results folder, else among those that come with the project.
 *
 * @param network which one; left out, the deepest that there is for the data set, and of equally deep
 *   ones that with more stages
 * @throws UserError naming the commands that make one, if there is none, or if its file is not the one
 *   that was put there
 */
export async function findTeacher(
  resultsFolder: string,
  dataset: string,
  network?: string,
): Promise<TeacherFile> {
  const [best] = (await listTeachers(resultsFolder))
    .filter(({ name, network: its }) => name === teacherName(dataset, network ?? its))
    .sort((a, b) => b.network.localeCompare(a.network, "en", { numeric: true }));
  if (best) return await readTeacher(resultsFolder, best);
  const option = network ? ` --network ${network}` : "";
  throw new UserError(
    `there is no teacher ${
      network ? teacherName(dataset, network) : `for ${dataset}`
    }; make one with\n` +
      `  deno task teacher train --dataset ${dataset}${option}\n` +
      `or take PyTorch weights with\n  deno task teacher import FILE --dataset ${dataset}`,
  );
}

/** The places of all teachers of the results folder and of the project, by name. */
export async function listTeachers(resultsFolder: string): Promise<TeacherPlace[]> {
  const teachers = new Map<string, TeacherPlace>();
  for (const folder of [resultsFolder, COMMITTED]) {
    const entries = await Array.fromAsync(Deno.readDir(join(folder, "teachers"))).catch(() => []);
    for (const { name: file } of entries) {
      const name = file.replace(/\.safetensors$/, "");
      const network = networkOf(name);
      if (name === file || network === undefined || teachers.has(name)) continue;
      teachers.set(name, { name, network, file: teacherFile(folder, name) });
    }
  }
  return [...teachers.values()].sort((a, b) => a.name < b.name ? -1 : 1);
}

/**
 * Reads a teacher. Its hash is a part of each run's identity, so that another one in its place would
 * make all runs anew: a results folder that describes it must describe this one.
 *
 * @throws UserError if the file is damaged, or another teacher than described
 */
export async function readTeacher(
  resultsFolder: string,
  place: TeacherPlace,
): Promise<TeacherFile> {
  const teacher = teacherOf(place, await readWeightsFile(place.file));
  for (const folder of new Set([resultsFolder, dirname(dirname(place.file))])) {
    const card = await readCard(TEACHER_CARD, folder, place.name);
    if (!card) continue;
    const [difference] = describeDifference(cardOf(card), cardOf(teacher));
    if (difference === undefined) continue;
    throw new UserError(
      `${place.file} is another teacher than ${join(folder, cardPath(place.name))} describes ` +
        `(${difference}); put that one back, or take another results folder for this one`,
    );
  }
  return teacher;
}

/**
 * Puts a teacher and its card into a results folder.
 *
 * @throws UserError if another teacher of that name is described there
 */
export async function keepTeacher(
  resultsFolder: string,
  dataset: string,
  network: string,
  bytes: Uint8Array,
): Promise<TeacherFile> {
  const name = teacherName(dataset, network);
  const place = { name, network, file: teacherFile(resultsFolder, name) };
  await keepCard(TEACHER_CARD, resultsFolder, cardOf(teacherOf(place, bytes)));
  await writeWeights(place.file, bytes);
  return await readTeacher(resultsFolder, place);
}

/** What a card says of a teacher. */
export function cardOf({ name, network, hash, metadata }: TeacherCard): TeacherCard {
  return { name, network, hash, metadata };
}

function teacherOf(place: TeacherPlace, bytes: Uint8Array): TeacherFile {
  const { tensors, metadata } = decodeSafetensors(bytes, place.file);
  return { ...place, hash: weightsHash(tensors), metadata };
}
