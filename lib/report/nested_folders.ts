import { filesUnder } from "./files_under.ts";
import { MANIFEST_FILE } from "./manifest.ts";

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
