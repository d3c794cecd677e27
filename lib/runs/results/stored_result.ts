import { join } from "node:path";
import { RUNS } from "../planned_run.ts";
import type { ArrowContent } from "../../store/arrow_file.ts";
import type { Problem } from "../../store/folder_problems.ts";
import { withFolderLock } from "../../store/folder_lock.ts";
import type { ResultsFolder } from "../../store/results_folder.ts";
import { resultFile } from "../../store/manifest.ts";
import type { RunSpecification } from "../../training/run_specification.ts";
import { UserError } from "../../user_error.ts";

/** A result read from a folder: "runs/…", "tables/…", "evaluations/…". */
export interface StoredResult extends ArrowContent {
  readonly name: string;
  /** null for a table or an evaluation */
  readonly specification: RunSpecification | null;
}

/** A run read from a folder, one row per epoch. */
export type StoredRun = StoredResult & { readonly specification: RunSpecification };

/** The content of a results folder. */
export interface StoredResults {
  /** All names in the manifest, sorted. */
  readonly names: readonly string[];
  /** The whole results. */
  readonly results: readonly StoredResult[];
  readonly damaged: readonly Problem[];
}

/** Reads all results of a folder at one moment, even while runners write to it. */
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
 * Picks the results that patterns match; see {@linkcode matchingNames}.
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

/** Gives a result's kind: "runs", "tables", "evaluations". */
export function kindOf({ name }: Pick<StoredResult, "name">): string {
  return name.split("/")[0];
}

/** Gives a run's name without its folder, as in tables, evaluations and files of weights. */
export function runNameOf({ name }: StoredRun): string {
  return name.slice(RUNS.length);
}

/** Makes a stored result; an error if it is damaged, or a run without a specification. */
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
      "delete that file and `deno task reproduce` makes it again, or move it if it is yours",
  );
}

/** Parses a specification; null if it lacks a part. Does not check the parts themselves. */
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

/**
 * Picks the names that patterns match, in the order of the names. A pattern is a whole name or the
 * beginning of several; "*" matches any text. Without a pattern, all names match.
 *
 * @throws UserError for a pattern that matches none, with the most similar names
 */
export function matchingNames(
  names: readonly string[],
  patterns: readonly string[],
): readonly string[] {
  if (patterns.length === 0) return names;
  const matching = new Set(patterns.flatMap((pattern) => matches(names, pattern)));
  return names.filter((name) => matching.has(name));
}

function matches(names: readonly string[], pattern: string): readonly string[] {
  if (names.includes(pattern)) return [pattern];
  const beginning = new RegExp(`^${pattern.split("*").map(RegExp.escape).join(".*")}`);
  const found = names.filter((name) => beginning.test(name));
  if (found.length === 0) throw noMatch(names, pattern);
  return found;
}

function noMatch(names: readonly string[], pattern: string): UserError {
  if (names.length === 0) {
    return new UserError(
      "there are no results in this folder; `deno task reproduce` makes some, and `deno task results " +
        "list` names folders that come with the project",
    );
  }
  const near = nearNames(names, pattern);
  const advice = near.length > 0
    ? `similar names are ${near.join(", ")}`
    : `\`deno task results list --each\` names all ${names.length} results`;
  return new UserError(`no result's name begins with "${pattern}"; ${advice}`);
}

/** Finds up to three names that share the most pieces of three letters with the pattern. */
function nearNames(names: readonly string[], pattern: string): string[] {
  const pieces = Array.from(pattern.slice(2), (_, at) => pattern.slice(at, at + 3));
  const shared = (name: string) => pieces.filter((piece) => name.includes(piece)).length;
  return names.filter((name) => shared(name) > 0)
    .toSorted((a, b) => shared(b) - shared(a))
    .slice(0, 3);
}
