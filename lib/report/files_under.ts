import { join } from "node:path";

/** Paths of all files in a folder and its folders, relative to it, "/" between their parts. */
export async function* filesUnder(folder: string, prefix = ""): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(join(folder, prefix))) {
    if (isDirectory) yield* filesUnder(folder, `${prefix}${name}/`);
    else yield prefix + name;
  }
}
