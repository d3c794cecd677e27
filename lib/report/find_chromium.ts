import { delimiter, join } from "node:path";
import { UserError } from "../user_error.ts";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/**
 * The browser that draws static pictures: `$CHROMIUM`, else the first of chromium,
 * chromium-browser and google-chrome on the path, else `null`.
 *
 * @throws UserError when `$CHROMIUM` names a file that is not there
 */
export async function findChromium(): Promise<string | null> {
  const chosen = Deno.env.get("CHROMIUM");
  if (chosen) {
    if (await isFile(chosen)) return chosen;
    throw new UserError(`CHROMIUM is "${chosen}", but there is no such file`);
  }
  const folders = (Deno.env.get("PATH") ?? "").split(delimiter).filter((folder) => folder !== "");
  for (const name of NAMES) {
    for (const folder of folders) {
      if (await isFile(join(folder, name))) return join(folder, name);
    }
  }
  return null;
}

async function isFile(path: string): Promise<boolean> {
  return (await Deno.stat(path).catch(() => null))?.isFile ?? false;
}
