import { join } from "node:path";

/**
 * Paths of all files in a folder and its folders, relative to it, "/" between their parts. Folders
 * that another process removes meanwhile are passed over.
 */
export async function* filesUnder(folder: string, prefix = ""): AsyncGenerator<string> {
  try {
    for await (const { name, isDirectory } of Deno.readDir(join(folder, prefix))) {
      if (isDirectory) yield* filesUnder(folder, `${prefix}${name}/`);
      else yield prefix + name;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
