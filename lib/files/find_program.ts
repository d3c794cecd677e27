import { delimiter, join } from "node:path";
import { isHiddenProgram } from "./hidden.ts";

/** Finds the first of these programs that is on the search path and not hidden, else null. */
export async function findProgram(names: readonly string[]): Promise<string | null> {
  const folders = (Deno.env.get("PATH") ?? "").split(delimiter).filter((folder) => folder !== "");
  const endings = Deno.build.os === "windows" ? ["", ".exe"] : [""];
  for (const name of names.filter((name) => !isHiddenProgram(name))) {
    for (const folder of folders) {
      for (const ending of endings) {
        const path = join(folder, name + ending);
        if (await isFile(path)) return path;
      }
    }
  }
  return null;
}

export async function isFile(path: string): Promise<boolean> {
  return (await Deno.stat(path).catch(() => null))?.isFile ?? false;
}
