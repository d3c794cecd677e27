import { dirname, join } from "node:path";
import { describeDifference } from "../training/run_specification.ts";
import { exists } from "../files/exists.ts";
import { RESULTS } from "../files/project_root.ts";
import { decodeSafetensors } from "../nn/safetensors.ts";
import { findNetwork, parseNetwork } from "../nn/network_families.ts";
import { readWeightsFile, weightsHash, writeWeights } from "../nn/weights_file.ts";
import { type CardKind, cardPath, keepCard, readCard } from "../store/input_card.ts";
import { UserError } from "../user_error.ts";

/** Names a teacher after its data set and network: "cifar10-resnet26". */
export function teacherName(dataset: string, network: string): string {
  return `${dataset}-${network}`;
}

/** Gives the network in a teacher's name; undefined if it is not a teacher's name. */
export function networkOf(name: string): string | undefined {
  const parts = name.split("-");
  return parts.map((_, k) => parts.slice(k).join("-")).slice(1).find(findNetwork);
}

/** Gives the path at which `teacher train` and `teacher import` put a teacher. */
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
  /** The file's record of how it was made: data set, test accuracy, … */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A description of a teacher whose weights may be elsewhere. */
export type TeacherCard = Omit<TeacherFile, "file">;

export const TEACHER_CARD: CardKind<TeacherCard> = {
  what: "teacher",
  keys: ["name", "network", "hash", "metadata"],
  identity: "hash",
};

/**
 * Looks for a teacher in the results folder, then among the project's own.
 *
 * @param network by default the deepest for the data set; among equally deep ones, the widest, then
 *   the one with more stages
 * @throws UserError naming the commands that make a teacher, if there is none, or if its file is
 *   not the one that was put there
 */
export async function findTeacher(
  resultsFolder: string,
  dataset: string,
  network?: string,
): Promise<TeacherFile> {
  const [best] = (await listTeachers(resultsFolder))
    .filter(({ name, network: its }) => name === teacherName(dataset, network ?? its))
    .map((place) => ({ place, layers: parseNetwork(place.network) }))
    .sort(({ layers: a }, { layers: b }) =>
      b.depth - a.depth || (b.width ?? 1) - (a.width ?? 1) || (b.stages ?? 3) - (a.stages ?? 3)
    );
  if (best) return await readTeacher(resultsFolder, best.place);
  const option = network ? ` --network ${network}` : "";
  const what = network ? teacherName(dataset, network) : `for ${dataset}`;
  throw new UserError(
    `there is no teacher ${what}; make one with\n` +
      `  deno task teacher train --dataset ${dataset}${option}\n` +
      `or take PyTorch weights with\n  deno task teacher import FILE --dataset ${dataset}`,
  );
}

/** Lists all teachers of the results folder and of the project, sorted by name. */
export async function listTeachers(resultsFolder: string): Promise<TeacherPlace[]> {
  const teachers = new Map<string, TeacherPlace>();
  for (const folder of [resultsFolder, RESULTS]) {
    const entries = await Array.fromAsync(Deno.readDir(join(folder, "teachers"))).catch((error) => {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    });
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
 * Reads a teacher and checks it against its card. Its hash is a part of each run's identity: with
 * another teacher in its place, all runs would be made again.
 *
 * @throws UserError if the file is damaged, or another teacher than the card describes
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
        `(${difference}); put back the one described, or use another results folder`,
    );
  }
  return teacher;
}

/**
 * Puts a teacher and its card into a results folder.
 *
 * @throws UserError if the folder has or describes another teacher of that name
 */
export async function keepTeacher(
  resultsFolder: string,
  dataset: string,
  network: string,
  bytes: Uint8Array,
): Promise<TeacherFile> {
  const name = teacherName(dataset, network);
  const place = { name, network, file: teacherFile(resultsFolder, name) };
  const teacher = teacherOf(place, bytes);
  if (await isUndescribed(resultsFolder, place)) {
    const { hash } = await readTeacher(resultsFolder, place);
    if (hash !== teacher.hash) {
      throw new UserError(
        `${place.file} holds a teacher of SHA-256 ${hash}, which the new one would replace; move it ` +
          "away, or use another results folder (--results)",
      );
    }
  }
  await keepCard(TEACHER_CARD, resultsFolder, cardOf(teacher));
  await writeWeights(place.file, bytes);
  return await readTeacher(resultsFolder, place);
}

/** True if a teacher's file is there, but no card: what runs were made with it is not known. */
export async function isUndescribed(
  resultsFolder: string,
  { name, file }: Pick<TeacherPlace, "name" | "file">,
): Promise<boolean> {
  return await readCard(TEACHER_CARD, resultsFolder, name) === null && await exists(file);
}

/** Picks a teacher's fields for its card. */
export function cardOf({ name, network, hash, metadata }: TeacherCard): TeacherCard {
  return { name, network, hash, metadata };
}

function teacherOf(place: TeacherPlace, bytes: Uint8Array): TeacherFile {
  const { tensors, metadata } = decodeSafetensors(bytes, place.file);
  return { ...place, hash: weightsHash(tensors), metadata };
}
