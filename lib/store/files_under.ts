import { join } from "node:path";
import { MANIFEST_FILE } from "./manifest.ts";

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

/**
 * The folders within a results folder that are results folders of their own, such as "reference/": what
 * is in them is no business of the outer one.
 *
 * @param files all below the outer folder, relative to it
 */
export function nestedFolders(files: readonly string[]): string[] {
  return files.filter((file) => file.endsWith(`/${MANIFEST_FILE}`)).map((file) =>
    file.slice(0, -MANIFEST_FILE.length)
  ).sort();
}

/** All files of a results folder, relative to it, sorted, without those of {@linkcode nestedFolders}. */
export async function ownFiles(folder: string): Promise<string[]> {
  const files = await Array.fromAsync(filesUnder(folder));
  const nested = nestedFolders(files);
  return files.filter((file) => !nested.some((other) => file.startsWith(other))).sort();
}
