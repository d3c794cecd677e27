import { delimiter, join } from "node:path";
import { isFile } from "../files/find_program.ts";
import { isHidden } from "../files/hidden.ts";

/** The message for machines that cannot execute notebooks. */
export const NBCLIENT_MISSING =
  "executing notebooks needs a python3 on the search path that has nbclient: " +
  "apt-get install python3-nbclient, or pip install nbclient";

/** Finds the first python3 on the search path that has nbclient, else null. */
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

/** Asks each Python once, because importing nbclient takes half a second. */
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
