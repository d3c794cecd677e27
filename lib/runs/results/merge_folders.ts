import { basename, join } from "node:path";
import { isRun, readStored, runNameOf } from "./stored_result.ts";
import { weightsFault } from "../table/result_fault.ts";
import { studentPath } from "../table/run_results.ts";
import { exists } from "../../files/exists.ts";
import { sha256 } from "../../files/sha256.ts";
import { writeAtomically } from "../../files/write_atomically.ts";
import { filesUnder } from "../../store/files_under.ts";
import type { Problem } from "../../store/folder_problems.ts";
import type { ResultsFolder } from "../../store/results_folder.ts";
import { UserError } from "../../user_error.ts";

/** The outcome of a merge. */
interface Merged {
  /** Names of runs and evaluations */
  readonly copied: readonly string[];
  /** The other folder's whole runs that were there already */
  readonly known: readonly string[];
  /** The other folder's damaged results and weights, which are not copied */
  readonly damaged: readonly Problem[];
}

/**
 * Copies the runs that a results folder lacks from another one, with the weights of their students,
 * their evaluations, their teachers and the descriptions of their inputs. A run that both have stays as it is; it
 * also gets evaluations if its student has the same weights. Tables stay behind, since `reproduce`
 * makes them from runs.
 *
 * @throws UserError if both describe an input of one name, and differently; then nothing is copied
 */
export async function mergeFolders(from: ResultsFolder, into: ResultsFolder): Promise<Merged> {
  const inputs = await missingInputs(from, into);
  const [theirs, ours] = await Promise.all([from, into].map(readStored));
  const students = new Map(
    ours.results.filter(isRun).map((run) => [run.name, run.metadata.weights]),
  );
  const runs = theirs.results.filter(isRun);
  const evaluations = runs.flatMap((run) => {
    const isOther = students.get(run.name) !== run.metadata.weights;
    if (ours.names.includes(run.name) && isOther) return [];
    return theirs.results.filter(({ name, metadata }) =>
      name.startsWith("evaluations/") && metadata.run === runNameOf(run)
    );
  });
  const lacking = [...runs, ...evaluations].filter(({ name }) => !ours.names.includes(name));
  for (const file of inputs) await copyFile(file, from, into);
  const damaged: Problem[] = [...theirs.damaged];
  for (const result of lacking) {
    const file = isRun(result) ? studentPath(runNameOf(result)) : null;
    if (file !== null && await exists(join(from.path, file))) {
      const path = join(from.path, file);
      const weights = await Deno.readFile(path);
      const fault = weightsFault(sha256(weights), result.name, result.metadata.weights);
      if (fault === null) await writeAtomically(join(into.path, file), weights);
      else damaged.push({ file, kind: "damaged", message: `${path}: ${fault}` });
    }
    await into.write(result.name, result.columns, result.rows, result.metadata);
  }
  return {
    copied: lacking.map(({ name }) => name),
    known: runs.map(({ name }) => name).filter((name) => ours.names.includes(name)),
    damaged,
  };
}

/** Lists the teachers and descriptions of inputs that a folder lacks, relative to the folders. */
async function missingInputs(from: ResultsFolder, into: ResultsFolder): Promise<string[]> {
  const missing: string[] = [];
  for await (const file of filesUnder(from.path)) {
    if (file.endsWith(".tmp")) continue;
    // Another teacher of that name has another description.
    if (file.startsWith("teachers/") && !await exists(join(into.path, file))) missing.push(file);
    if (!file.startsWith("inputs/")) continue;
    const [theirs, ours] = await Promise.all(
      [from, into].map(({ path }) => Deno.readTextFile(join(path, file)).catch(() => null)),
    );
    if (ours === null) missing.push(file);
    else if (ours !== theirs) {
      throw new UserError(
        `${from.path} and ${into.path} differ in ${file}: their runs had other images, or another ` +
          `teacher, under the name ${basename(file, ".json")}; keep these folders apart`,
      );
    }
  }
  return missing;
}

async function copyFile(file: string, from: ResultsFolder, into: ResultsFolder): Promise<void> {
  await writeAtomically(join(into.path, file), await Deno.readFile(join(from.path, file)));
}
