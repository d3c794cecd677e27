import { join } from "node:path";
import type { Finding } from "./finding.ts";
import { inputFindings } from "./input_findings.ts";
import { runFindings } from "./run_findings.ts";
import {
  chooseResults,
  isRun,
  kindOf,
  readStored,
  type StoredResult,
  type StoredResults,
} from "./stored_result.ts";
import { strayFindings } from "./stray_findings.ts";
import { tableFindings } from "./table_findings.ts";
import { weightsFinding } from "./weights_finding.ts";
import { measuredFault, nameFault } from "../table/result_fault.ts";
import { ownFiles } from "../../lib/store/files_under.ts";
import { resultFile, type ResultsFolder } from "../../lib/store/results_folder.ts";

/** What a look at the results of a folder has found. */
export interface Verification {
  /** Empty when all is whole. */
  readonly findings: readonly Finding[];
  /** What was looked at, damaged or not. */
  readonly names: readonly string[];
  /** How many whole runs there are among them, and beside how many of them lie final weights. */
  readonly runs: number;
  readonly withWeights: number;
}

/**
 * Reads results and holds them against the manifest, what they say of themselves, and each other.
 *
 * @param patterns which ones; without any also what else lies in the folder
 * @throws UserError for a manifest that is damaged, and for a pattern that fits no name
 */
export async function verifyResults(
  folder: ResultsFolder,
  patterns: readonly string[],
): Promise<Verification> {
  const files = await ownFiles(folder.path);
  const stored = await readStored(folder);
  const { names, results, damaged } = chooseResults(stored, patterns);
  const runs = results.filter(isRun);
  const weights = await Array.fromAsync(runs, (run) => weightsFinding(folder, run));
  const isAll = patterns.length === 0;
  const own: Finding[] = [
    ...runs.flatMap(runFindings),
    ...weights.filter((weight) => weight !== null && weight !== "not kept"),
    ...results.filter((result) => kindOf(result) === "evaluations")
      .flatMap((evaluation) => evaluationFindings(evaluation, stored)),
    ...results.filter((result) => kindOf(result) === "tables")
      .flatMap((table) => tableFindings(table, stored, folder.path)),
    ...(isAll ? strayFindings(files, stored.names) : []),
  ];
  return {
    findings: [
      ...damaged,
      ...(isAll ? await inputFindings(folder.path, files, results) : []),
      ...own.map((finding) => ({
        ...finding,
        message: `${join(folder.path, finding.file)}: ${finding.message}`,
      })),
      ...(isAll ? (await folder.verify()).filter(({ kind }) => kind === "unlisted") : []),
    ],
    names,
    runs: runs.length,
    withWeights: weights.filter((weight) => weight !== "not kept").length,
  };
}

/** Checks that an evaluation is the one that its name says, of a run that is there, and of its weights. */
function evaluationFindings(
  { name, metadata }: StoredResult,
  { names, results }: StoredResults,
): Finding[] {
  const file = resultFile(name);
  const misplaced = nameFault(name, metadata);
  if (misplaced) return [{ file, kind: "damaged", message: misplaced }];
  const run = `runs/${metadata.run}`;
  if (!names.includes(run)) {
    return [{
      file,
      kind: "incomplete",
      message:
        `the run ${metadata.run}, of which it is an evaluation, is not there; \`deno task reproduce\`, ` +
        "with the options that it was made with, makes it",
    }];
  }
  const whole = results.find((result) => result.name === run);
  const other = whole ? measuredFault(metadata, whole.metadata) : null;
  return other ? [{ file, kind: "stale", message: other }] : [];
}
