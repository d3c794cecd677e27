import { printable } from "../files/printable.ts";
import { UserError } from "../user_error.ts";

const EXTENSION = ".arrow";

/** Parts that mean the same on every file system and cannot lead out of the folder. */
const NAME = /^(?!.*\.\.)[\w+=@-][\w.+=@-]*(\/[\w+=@-][\w.+=@-]*)*$/;

/** Whether a result may have that name. */
export function isResultName(name: string): boolean {
  return NAME.test(name);
}

/**
 * The file of a result, relative to its folder: "runs/a" is in "runs/a.arrow".
 *
 * @throws UserError when the name is not a relative path of plain parts
 */
export function resultFile(name: string): string {
  if (!isResultName(name)) {
    throw new UserError(
      `"${printable(name)}" cannot be the name of a result: it must be parts of letters, ` +
        `digits and _ . + = @ - with "/" between them, none starting with "." or holding ".."`,
    );
  }
  return name + EXTENSION;
}

/** The result that a file holds, or `null` when it is not an Arrow file. */
export function resultName(file: string): string | null {
  return file.endsWith(EXTENSION) ? file.slice(0, -EXTENSION.length) : null;
}
