import { join } from "node:path";
import { type PlannedRun, resultNameOf } from "./run_plan.ts";
import type { FromWorker } from "./run_protocol.ts";
import { sha256 } from "../lib/files/sha256.ts";
import { writeWeights } from "../lib/nn/write_weights.ts";
import type { Columns } from "../lib/report/columns.ts";
import type { ResultsFolder } from "../lib/report/results_folder.ts";
import type { EpochRow } from "../lib/training/epoch_row.ts";
import type { Provenance } from "../lib/training/provenance.ts";
import { canonicalJson, type RunSpecification } from "../lib/training/run_specification.ts";

/** A finished run as it lies in results. */
export interface RunResult {
  readonly name: string;
  readonly specification: RunSpecification;
  readonly rows: readonly EpochRow[];
  /** Backend, machine, versions, commit, hashes. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** What made a run's result, besides its specification. */
export type RunProvenance = Provenance & { readonly backend: string; readonly threads: string };

/** Writes the student's last weights, then the rows: a run that is listed has both. */
export async function writeRun(
  folder: ResultsFolder,
  run: PlannedRun,
  { rows, weights, provenance, teacherError }: Extract<FromWorker, { type: "finished" }>,
  made: RunProvenance,
): Promise<void> {
  await writeWeights(join(folder.path, "students", `${run.name}.safetensors`), weights);
  const columns = epochColumns(rows);
  await folder.write(resultNameOf(run), columns, completeRows(rows, columns), {
    specification: canonicalJson(run.specification),
    ...made,
    data: provenance,
    weights: sha256(weights),
    ...(teacherError ? { teacher_error: canonicalJson(teacherError) } : {}),
    finished: new Date().toISOString(),
  });
}

/** @throws UserError if the file is damaged */
export async function readRun(folder: ResultsFolder, run: PlannedRun): Promise<RunResult> {
  const { rows, metadata } = await folder.read(resultNameOf(run));
  return {
    name: run.name,
    specification: JSON.parse(metadata.specification),
    rows: rows as readonly EpochRow[],
    metadata,
  };
}

const TEXT_COLUMNS = new Set(["stage"]);
const WHOLE_COLUMNS = new Set(["epoch", "attacked"]);

/** The columns of all rows: a term of the loss may be there in some epochs only. */
function epochColumns(rows: readonly EpochRow[]): Columns {
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  return Object.fromEntries(
    [...names].map((name) => [
      name,
      TEXT_COLUMNS.has(name) ? "utf8" : WHOLE_COLUMNS.has(name) ? "int32" : "float64",
    ]),
  );
}

function completeRows(rows: readonly EpochRow[], columns: Columns): EpochRow[] {
  return rows.map((row) =>
    Object.fromEntries(Object.keys(columns).map((name) => [name, row[name] ?? null]))
  );
}
