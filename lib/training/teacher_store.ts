import { join } from "node:path";
import { PROJECT_ROOT } from "../files/project_root.ts";
import { decodeSafetensors } from "../nn/safetensors.ts";
import { weightsHash } from "../nn/weights_hash.ts";
import { UserError } from "../user_error.ts";

/** Teachers that come with the project. */
const COMMITTED = join(PROJECT_ROOT, "results", "teachers");

/** A teacher is named after the data set that it was trained on and its network. */
export function teacherName(dataset: string, network: string): string {
  return `${dataset}-${network}`;
}

/** Where `teacher train` and `teacher import` put a teacher. */
export function teacherFile(resultsFolder: string, name: string): string {
  return join(resultsFolder, "teachers", `${name}.safetensors`);
}

/** A teacher's weights on disk. */
export interface TeacherFile {
  readonly name: string;
  readonly file: string;
  readonly hash: string;
  /** What the file says of its making: data set, test accuracy, … */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Finds a teacher in the results folder, else among those that come with the project.
 *
 * @throws UserError naming the commands that make one, if there is none, or if its file is damaged
 */
export async function findTeacher(
  resultsFolder: string,
  dataset: string,
  network: string,
): Promise<TeacherFile> {
  const name = teacherName(dataset, network);
  for (const file of [teacherFile(resultsFolder, name), join(COMMITTED, `${name}.safetensors`)]) {
    const teacher = await readTeacherFile(name, file);
    if (teacher) return teacher;
  }
  throw new UserError(
    `there is no teacher ${name}; make one with\n` +
      `  deno task teacher train --dataset ${dataset} --network ${network}\n` +
      `or take PyTorch weights with\n  deno task teacher import FILE --dataset ${dataset}`,
  );
}

/** Every teacher of the results folder and of the project, by name. */
export async function listTeachers(resultsFolder: string): Promise<TeacherFile[]> {
  const teachers = new Map<string, TeacherFile>();
  for (const folder of [join(resultsFolder, "teachers"), COMMITTED]) {
    const entries = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
    for (const entry of entries) {
      const name = /^(.+)\.safetensors$/.exec(entry.name)?.[1];
      if (!name || teachers.has(name)) continue;
      teachers.set(name, (await readTeacherFile(name, join(folder, entry.name)))!);
    }
  }
  return [...teachers.values()].sort((a, b) => a.name < b.name ? -1 : 1);
}

async function readTeacherFile(name: string, file: string): Promise<TeacherFile | null> {
  let bytes;
  try {
    bytes = await Deno.readFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  const { tensors, metadata } = decodeSafetensors(bytes, file);
  return { name, file, hash: weightsHash(tensors), metadata };
}
