import { delimiter, join } from "node:path";
import { isFile } from "../files/find_program.ts";
import { isHidden } from "../files/hidden.ts";

/** What to do where a notebook cannot be executed. */
export const NBCLIENT_MISSING =
  "executing notebooks needs a python3 on the search path that has nbclient: " +
  "apt-get install python3-nbclient, or pip install nbclient";

/** The first python3 on the search path that has nbclient, or null. */
export async function findNbclient(): Promise<string | null> {
  if (isHidden("python")) return null;
  const folders = (Deno.env.get("PATH") ?? "").split(delimiter).filter((folder) => folder !== "");
  for (const folder of folders) {
    const python = join(folder, "python3");
    if (await isFile(python) && await hasNbclient(python)) return python;
  }
  return null;
}

const checked = new Map<string, Promise<boolean>>();

/** Asks each Python once: importing nbclient takes it half a second. */
function hasNbclient(python: string): Promise<boolean> {
  const answer = checked.get(python) ?? importsNbclient(python);
  checked.set(python, answer);
  return answer;
}

async function importsNbclient(python: string): Promise<boolean> {
  const { success } = await new Deno.Command(python, {
    args: ["-c", "import nbclient, nbformat"],
    stdout: "null",
    stderr: "null",
  }).output();
  return success;
}
