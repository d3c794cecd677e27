import { join } from "node:path";
import { matchingNames } from "./matching_names.ts";
import type { ArrowContent } from "../../lib/store/arrow_file.ts";
import type { Problem } from "../../lib/store/folder_problems.ts";
import { withFolderLock } from "../../lib/store/folder_lock.ts";
import { resultFile, type ResultsFolder } from "../../lib/store/results_folder.ts";
import type { RunSpecification } from "../../lib/training/run_specification.ts";
import { UserError } from "../../lib/user_error.ts";

/** A result as it was read: "runs/…", "tables/…", "evaluations/…". */
export interface StoredResult extends ArrowContent {
  readonly name: string;
  /** null for what is not a run */
  readonly specification: RunSpecification | null;
}

/** A run as it was read, one row an epoch. */
export type StoredRun = StoredResult & { readonly specification: RunSpecification };

/** What a results folder holds. */
export interface StoredResults {
  /** Of all that the manifest lists, sorted. */
  readonly names: readonly string[];
  /** Those that are whole. */
  readonly results: readonly StoredResult[];
  readonly damaged: readonly Problem[];
}

const RUNS = "runs/";

/** Reads all of a folder as it is at one moment, while runners may be writing to it. */
export async function readStored(folder: ResultsFolder): Promise<StoredResults> {
  const [names, contents] = await withFolderLock(folder.path, "read", async () => {
    const names = await folder.names();
    return [names, await folder.readEach(names)] as const;
  });
  const read = names.map((name, index) => storedResult(folder.path, name, contents[index]));
  return {
    names,
    results: read.filter((result): result is StoredResult => !(result instanceof UserError)),
    damaged: read.flatMap((result, index): Problem[] =>
      result instanceof UserError
        ? [{ file: resultFile(names[index]), kind: "damaged", message: result.message }]
        : []
    ),
  };
}

/**
 * Those of the results that patterns stand for; see {@linkcode matchingNames}.
 *
 * @throws UserError for a pattern that fits no name
 */
export function chooseResults(
  stored: StoredResults,
  patterns: readonly string[],
): StoredResults {
  const names = matchingNames(stored.names, patterns);
  const [chosen, files] = [new Set(names), new Set(names.map(resultFile))];
  return {
    names,
    results: stored.results.filter(({ name }) => chosen.has(name)),
    damaged: stored.damaged.filter(({ file }) => files.has(file)),
  };
}

export function isRun(result: StoredResult): result is StoredRun {
  return result.specification !== null;
}

/** "runs", "tables", "evaluations". */
export function kindOf({ name }: Pick<StoredResult, "name">): string {
  return name.split("/")[0];
}

/** A run's name without its folder, as tables, evaluations and files of weights have it. */
export function runNameOf({ name }: StoredRun): string {
  return name.slice(RUNS.length);
}

/** An error in its place if it is damaged, or a run that does not say what it is a run of. */
function storedResult(
  folder: string,
  name: string,
  content: ArrowContent | UserError,
): StoredResult | UserError {
  if (content instanceof UserError) return content;
  if (!name.startsWith(RUNS)) return { ...content, name, specification: null };
  const specification = parseSpecification(content.metadata.specification ?? "");
  if (specification) return { ...content, name, specification };
  return new UserError(
    `${join(folder, resultFile(name))} is damaged: its metadata holds no specification of a run; ` +
      "delete that file and `deno task reproduce` makes it again",
  );
}

/** null if it is none; what its parts hold is not looked at. */
function parseSpecification(text: string): RunSpecification | null {
  try {
    const parsed = JSON.parse(text);
    const { dataset, teacher, student, method, options, protocol, scale, seed } = parsed;
    const parts = [dataset.name, dataset.fraction, teacher, student, method, options, scale, seed];
    return [...parts, protocol.epochs].includes(undefined) ? null : parsed;
  } catch {
    return null;
  }
}
