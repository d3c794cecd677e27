import { basename, dirname, extname, isAbsolute, join, relative, resolve } from "node:path";
import { counted } from "../../lib/report/duration.ts";
import { mergeResults } from "./merge_results.ts";
import { isRun, type StoredResult } from "./stored_result.ts";
import { writeAtomically } from "../../lib/files/write_atomically.ts";
import { type ExportFormat, exportFormatNamed } from "../../lib/store/export.ts";
import { UserError } from "../../lib/user_error.ts";

/** Where to, and in which format. */
export interface ExportTarget {
  /** By the file's ending if left out, else "csv" */
  readonly format?: string;
  /** Standard output if left out */
  readonly file?: string;
}

/**
 * Writes results as one table for other tools. A file that was there is replaced by the whole new one.
 *
 * @param all that are there, of which some may be what the chosen ones are about
 * @param folder the path of the results folder, in which nothing else is to be written
 * @throws UserError for an unknown format, results that do not go together, and a file that cannot be written
 */
export async function exportResults(
  chosen: readonly StoredResult[],
  all: readonly StoredResult[],
  target: ExportTarget,
  folder: string,
): Promise<void> {
  const { file } = target;
  const format = chosenFormat(target);
  if (file !== undefined) await refuseWithin(folder, file);
  const content = mergeResults(chosen, all.filter(isRun));
  const bytes = format.encode(content);
  if (file === undefined) return await writeOut(bytes);
  await writeAtomically(file, bytes);
  const rows = counted(content.rows.length, "row");
  const columns = counted(Object.keys(content.columns).length, "column");
  console.log(`${file}: ${rows} and ${columns} of ${counted(chosen.length, "result")}`);
}

function chosenFormat({ format, file }: ExportTarget): ExportFormat {
  const chosen = exportFormatNamed(format ?? (file === undefined ? "csv" : extname(file).slice(1)));
  if (file === undefined && chosen.name !== "csv" && Deno.stdout.isTerminal()) {
    throw new UserError(`${chosen.name} is nothing for a terminal; give --out a file`);
  }
  return chosen;
}

/** As far as somebody reads it: `head` does not want all. */
async function writeOut(bytes: Uint8Array): Promise<void> {
  try {
    for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

/** Compares where both really are: either may be reached by a link. */
async function refuseWithin(folder: string, file: string): Promise<void> {
  const place = join(await realFolder(dirname(resolve(file))), basename(file));
  const path = relative(await Deno.realPath(folder), place);
  if (!path.startsWith("..") && !isAbsolute(path)) {
    throw new UserError(`${file} is within the results folder ${folder}; choose another --out`);
  }
}

/** Gives the real path of a folder, also of one that is not there yet. */
async function realFolder(path: string): Promise<string> {
  return await Deno.realPath(path).catch(async () =>
    dirname(path) === path ? path : join(await realFolder(dirname(path)), basename(path))
  );
}
