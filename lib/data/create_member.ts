import { dirname, join } from "node:path";

/**
 * Creates a file of an archive, and the folders above it.
 *
 * @param folder where the archive is unpacked
 * @param name of the member; that of a folder ends with a slash
 * @returns null for a folder, which comes with its files
 * @throws Error if the member would lie outside the folder, or is there already
 */
export function createMember(folder: string, name: string): Deno.FsFile | null {
  const parts = name.split(/[/\\]/);
  if (parts[0] === "" || /^[a-z]:/i.test(name) || parts.includes("..")) {
    throw new Error(`its member ${JSON.stringify(name)} would lie outside the folder`);
  }
  if (parts.at(-1) === "") return null;
  const path = join(folder, ...parts);
  Deno.mkdirSync(dirname(path), { recursive: true });
  return Deno.openSync(path, { write: true, createNew: true });
}
