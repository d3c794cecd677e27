import { join } from "node:path";
import { isFile } from "../files/find_program.ts";
import { PROJECT_ROOT } from "../files/project_root.ts";
import { UserError } from "../user_error.ts";

const FOLDER = join(PROJECT_ROOT, "notebooks");

/** Lists the paths of the project's notebooks: the quickstart, the tables, then the others. */
export async function listNotebooks(): Promise<string[]> {
  const names = (await Array.fromAsync(Deno.readDir(FOLDER))).map(({ name }) => name)
    .filter((name) => name.endsWith(".ipynb") && !name.startsWith("."));
  const rank = (name: string) => name.startsWith("quickstart") ? 0 : /^table\d/.test(name) ? 1 : 2;
  return names.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map((name) => join(FOLDER, name));
}

/**
 * Finds notebooks by path, or by name if they are the project's. Without names, lists all of the
 * project's.
 *
 * @throws UserError naming the project's notebooks if one is missing
 */
export async function notebooksNamed(given: readonly string[]): Promise<string[]> {
  if (given.length === 0) return await listNotebooks();
  return await Promise.all(given.map(async (text) => {
    const candidates = [text, join(FOLDER, text), join(FOLDER, `${text}.ipynb`)];
    for (const path of candidates) {
      if (await isFile(path)) return path;
    }
    const names = (await listNotebooks()).map((path) => path.slice(FOLDER.length + 1, -6));
    throw new UserError(
      `there is no notebook "${text}"; give a path, or one of ${names.join(", ")}`,
    );
  }));
}
