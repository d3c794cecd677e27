import { join } from "node:path";
import type { Finding } from "./finding.ts";
import { inputFindings } from "./input_findings.ts";
import {
  chooseResults,
  isRun,
  kindOf,
  readStored,
  runNameOf,
  type StoredResult,
  type StoredResults,
  type StoredRun,
} from "./stored_result.ts";
import { tableFindings } from "./table_findings.ts";
import { resultNameOf } from "../planned_run.ts";
import { measuredFault, nameFault, weightsFault } from "../table/result_fault.ts";
import { ownFiles } from "../../store/files_under.ts";
import type { ResultsFolder } from "../../store/results_folder.ts";
import { MANIFEST_FILE, resultFile } from "../../store/manifest.ts";
import { methods } from "../../distillation/methods.ts";
import { studentPath } from "../table/run_results.ts";
import { asUserError } from "../../as_user_error.ts";
import { sha256 } from "../../files/sha256.ts";

/** The outcome of a check of results. */
export interface Verification {
  /** Empty if all is whole. */
  readonly findings: readonly Finding[];
  /** The checked results, damaged or not. */
  readonly names: readonly string[];
  /** The number of whole runs among them. */
  readonly runs: number;
  /** The number of these runs whose final weights are kept. */
  readonly withWeights: number;
}

/**
 * Checks results against the manifest, their own metadata, and each other.
 *
 * @param patterns the results to check; without any, checks all files in the folder
 * @throws UserError for a damaged manifest, and for a pattern that matches no name
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
    ...(isAll && files.includes(MANIFEST_FILE)
      ? strayFindings(files, {
        listed: stored.names,
        finished: runs.filter((_, index) => weights[index] !== "not kept").map(({ name }) => name),
      })
      : []),
  ];
  return {
    findings: [
      ...damaged,
      ...(isAll ? await inputFindings(folder.path, files, results) : []),
      ...own.map((finding) => ({
        ...finding,
        message: `${join(folder.path, finding.file)}: ${finding.message}`,
      })),
      ...(isAll ? await folder.unlisted() : []),
    ],
    names,
    runs: runs.length,
    withWeights: weights.filter((weight) => weight !== "not kept").length,
  };
}

/** Checks that an evaluation has the right name, and that its run exists with the same weights. */
function evaluationFindings(
  { name, metadata }: StoredResult,
  { names, results }: StoredResults,
): Finding[] {
  const file = resultFile(name);
  const misplaced = nameFault(name, metadata);
  if (misplaced) return [{ file, kind: "damaged", message: misplaced }];
  const run = resultNameOf({ name: metadata.run });
  if (!names.includes(run)) {
    return [{
      file,
      kind: "incomplete",
      message:
        `its run ${metadata.run} is missing; \`deno task reproduce\`, with the options that it was made ` +
        "with, makes it",
    }];
  }
  const whole = results.find((result) => result.name === run);
  const other = whole ? measuredFault(metadata, whole.metadata) : null;
  return other ? [{ file, kind: "stale", message: other }] : [];
}

/** Checks that a run has the right name and all of its epochs. */
function runFindings(run: StoredRun): Finding[] {
  return [nameFinding(run), epochFinding(run)].filter((finding) => finding !== null);
}

function nameFinding(run: StoredRun): Finding | null {
  const message = nameFault(run.name, run.metadata);
  return message === null ? null : { file: resultFile(run.name), kind: "damaged", message };
}

function epochFinding({ name, specification, rows, metadata }: StoredRun): Finding | null {
  const file = resultFile(name);
  const method = methods.find((candidate) => candidate.name === specification.method);
  if (!method) {
    return {
      file,
      kind: "incomplete",
      message:
        `its epochs cannot be checked, since there is no method "${specification.method}" here; ` +
        `a notebook may define it, or the version that made it, ${metadata.commit}`,
    };
  }
  const expected = method.stages(specification.options, specification.protocol.epochs)
    .flatMap((stage) => Array<string>(stage.epochs).fill(stage.name))
    .map((stage, index) => `epoch ${index + 1} of stage "${stage}"`);
  const found = rows.map(({ epoch, stage }) => `epoch ${epoch} of stage "${stage}"`);
  const wrong = (expected.length > found.length ? expected : found)
    .findIndex((_, row) => expected[row] !== found[row]);
  return wrong < 0 ? null : {
    file,
    kind: "damaged",
    message: `its row ${wrong} must be ${expected[wrong] ?? "none"}, but is ` +
      `${found[wrong] ?? "missing"}; delete that file and \`deno task reproduce\` makes it again`,
  };
}

/**
 * Finds what killed runners left: weights of students without a run, and checkpoints of finished
 * runs. A run whose weights are gone may be under way again.
 *
 * @param files all files under the results folder, relative to it
 * @param names of all results, and of the whole runs whose weights are kept
 */
function strayFindings(
  files: readonly string[],
  names: { readonly listed: readonly string[]; readonly finished: readonly string[] },
): Finding[] {
  const isListed = (name: string) => names.listed.includes(resultNameOf({ name }));
  const finished = files.flatMap((file) => /^checkpoints\/([^/]+)\//.exec(file)?.slice(1) ?? [])
    .filter((name) => names.finished.includes(resultNameOf({ name })));
  return [
    ...files.filter((file) => {
      const [, name] = /^students\/(.+)$/.exec(file) ?? [];
      // The folder itself reports and removes half-written files.
      return name !== undefined && !name.endsWith(".tmp") &&
        !isListed(name.replace(/\.safetensors$/, ""));
    }).map((file): Finding => ({
      file,
      kind: "unlisted",
      message: "there is no run of that name, so nothing reads it; unless a run is just being " +
        "written it can be deleted",
    })),
    ...[...new Set(finished)].map((name): Finding => ({
      file: `checkpoints/${name}`,
      kind: "unlisted",
      message: "that run is finished, so nothing reads them; they can be deleted",
    })),
  ];
}

/**
 * Checks that the weights kept for a run are its final ones.
 *
 * @returns null if they are; "not kept" if there are none, which is no fault: only further
 *   evaluations need them
 */
async function weightsFinding(
  folder: ResultsFolder,
  run: StoredRun,
): Promise<Finding | "not kept" | null> {
  const file = studentPath(runNameOf(run));
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(join(folder.path, file));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "not kept";
    return { file, kind: "damaged", message: (asUserError(error) as Error).message };
  }
  const message = weightsFault(sha256(bytes), run.name, run.metadata.weights);
  return message === null ? null : { file, kind: "damaged", message };
}
