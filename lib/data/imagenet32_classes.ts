import { join } from "node:path";
import { exists, readDataFile } from "./read_data_file.ts";
import { UserError } from "../user_error.ts";

/** Its makers' list of the classes: lines of a WordNet identifier, a number from 1, and a name. */
const LIST = "map_clsloc.txt";

/**
 * The names of the classes, in the order of their labels: from its makers' list if that lies with the
 * images, else "class 0", "class 1", …
 *
 * @throws UserError if the list does not name them all
 */
export async function imagenet32Classes(folder: string, count: number): Promise<string[]> {
  const file = join(folder, LIST);
  const numbers = Array.from({ length: count }, (_, label) => label);
  if (!await exists(file)) return numbers.map((label) => `class ${label}`);
  const text = new TextDecoder().decode(await readDataFile(file, `put it there`));
  const lines = text.split("\n").map((line) => line.trim().split(/\s+/));
  const names = new Map(lines.map(([, number, name]) => [Number(number) - 1, name]));
  return numbers.map((label) => {
    const name = names.get(label);
    if (name !== undefined) return name.replaceAll("_", " ");
    throw new UserError(
      `${file} names no class ${label + 1}, but must have a line for each of 1…${count} like ` +
        `"n02119789 1 kit_fox"; get it again, or remove it to do without names`,
    );
  });
}
