import { join } from "node:path";
import { PROJECT_ROOT } from "../files/project_root.ts";
import { decodeSafetensors } from "../nn/safetensors.ts";
import { weightsHash } from "../nn/weights_hash.ts";
import { UserError } from "../user_error.ts";

/** Teachers that come with the project. */
const COMMITTED = join(PROJECT_ROOT, "results", "teachers");

/** A teacher is named after the data set that it was trained on and its network, "resnet26". */
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
  /** "resnet26", … */
  readonly network: string;
  readonly file: string;
  readonly hash: string;
  /** What the file says of its making: data set, test accuracy, … */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Finds a teacher in the results folder, else among those that come with the project.
 *
 * @param network which one; left out, the deepest that there is for the data set, and of equally deep
 *   ones that with more stages
 * @throws UserError naming the commands that make one, if there is none, or if its file is damaged
 */
export async function findTeacher(
  resultsFolder: string,
  dataset: string,
  network?: string,
): Promise<TeacherFile> {
  const [best] = (await listTeachers(resultsFolder))
    .filter(({ name, network: its }) => name === teacherName(dataset, network ?? its))
    .sort((a, b) => b.network.localeCompare(a.network, "en", { numeric: true }));
  if (best) return best;
  const option = network ? ` --network ${network}` : "";
  throw new UserError(
    `there is no teacher ${
      network ? teacherName(dataset, network) : `for ${dataset}`
    }; make one with\n` +
      `  deno task teacher train --dataset ${dataset}${option}\n` +
      `or take PyTorch weights with\n  deno task teacher import FILE --dataset ${dataset}`,
  );
}

/** Every teacher of the results folder and of the project, by name. */
export async function listTeachers(resultsFolder: string): Promise<TeacherFile[]> {
  const teachers = new Map<string, TeacherFile>();
  for (const folder of [join(resultsFolder, "teachers"), COMMITTED]) {
    const entries = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
    for (const entry of entries) {
      const [, name, network] = /^(.+-(resnet\d+(?:-4stage)?))\.safetensors$/.exec(entry.name) ??
        [];
      if (!name || teachers.has(name)) continue;
      const file = join(folder, entry.name);
      const { tensors, metadata } = decodeSafetensors(await Deno.readFile(file), file);
      teachers.set(name, { name, network, file, hash: weightsHash(tensors), metadata });
    }
  }
  return [...teachers.values()].sort((a, b) => a.name < b.name ? -1 : 1);
}
