import { join } from "node:path";
import type { Experiment } from "../experiment.ts";
import type { Plan } from "../open_plan.ts";
import { type PlannedRun, resultNameOf } from "../planned_run.ts";
import { tableFault } from "./result_fault.ts";
import { collectTable } from "./result_table.ts";
import type { TableRow } from "./table_row.ts";
import { type ArrowContent, type Columns, completeRows, type Row } from "../../store/arrow_file.ts";
import { withFolderLock } from "../../store/folder_lock.ts";
import type { ResultsFolder } from "../../store/results_folder.ts";
import { resultFile } from "../../store/manifest.ts";
import type { Scale } from "../../training/run_specification.ts";
import { UserError } from "../../user_error.ts";

/** The columns that identify a run, before its figures. */
export const IDENTITY_COLUMNS: Columns = {
  dataset: "utf8",
  fraction: "float64",
  teacher: "utf8",
  student: "utf8",
  method: "utf8",
  setting: "utf8",
  scale: "utf8",
  seed: "int32",
  epochs: "int32",
  first_stage_epochs: "int32",
};

/** Names an experiment's table, by scale and, if it isn't the experiment's own, data set. */
export function tableName(experiment: Experiment, scale: Scale, dataset?: string): string {
  const isOwn = dataset === undefined ||
    experiment.scales[scale].some((grid) => grid.dataset === dataset);
  return `tables/${experiment.name}-${scale}${isOwn ? "" : `-${dataset}`}`;
}

/**
 * Updates the file of an experiment's table, one row per finished run: first the experiment's
 * default runs, in its order, then all others ever requested, by name. A folder lock makes runners
 * that finish together write in turn, so that the last one sees all runs. A requested run that is
 * not there is listed as missing; a default run that nobody requested is not. A table that
 * {@linkcode readTable} cannot read stays as it is: it alone records the earlier requests.
 */
export async function updateTable(
  folder: ResultsFolder,
  name: string,
  experiment: Experiment,
  { own, asked }: Pick<Plan, "own" | "asked">,
): Promise<void> {
  await Deno.mkdir(join(folder.path, "tables"), { recursive: true });
  await withFolderLock(join(folder.path, "tables"), "change", async () => {
    const isOwn = new Set(own.map((run) => run.name));
    const ownTable = await collectTable(folder, own);
    const others = await collectTable(folder, asked.filter((run) => !isOwn.has(run.name)));
    const before = await readTable(folder, name);
    if (before instanceof UserError) return;
    const planned = new Set([...isOwn, ...asked.map((run) => run.name)]);
    const present = await folder.present();
    const isThere = (run: string) => present.has(resultNameOf({ name: run }));
    const kept = (before?.rows ?? [])
      .filter(({ run }) => !planned.has(String(run)) && isThere(String(run)));
    const rows = [
      ...ownTable.rows.map(flatRow),
      ...[...others.rows.map(flatRow), ...kept]
        .sort((a, b) => String(a.run) < String(b.run) ? -1 : 1),
    ];
    if (rows.length === 0 && !before) return;
    const listBefore = (list: "missing" | "unmeasured" | "damaged"): string[] =>
      JSON.parse(before?.metadata[list] ?? "[]");
    const isKept = new Set(kept.map(({ run }) => String(run)));
    const ofKept = (list: "unmeasured" | "damaged") =>
      listBefore(list).filter((run) => isKept.has(run));
    const listedBefore = new Set(listBefore("unmeasured"));
    const isAsked = (run: string) =>
      asked.some(({ name }) => name === run) || listedBefore.has(run);
    const columns = columnsOf(rows);
    const metadata = metadataOf(experiment, {
      missing: [...new Set([...asked.map((run) => run.name), ...listBefore("missing")])]
        .filter((run) => !isThere(run)),
      unmeasured: [
        ...namesOf([...ownTable.unmeasured, ...others.unmeasured]).filter(isAsked),
        ...ofKept("unmeasured"),
      ],
      damaged: [
        ...namesOf([...ownTable.damaged, ...others.damaged].map(({ run }) => run)),
        ...ofKept("damaged"),
      ],
    });
    const content = { columns, rows: completeRows(rows, columns), metadata };
    if (JSON.stringify(content) === JSON.stringify(before)) return;
    await folder.write(name, columns, content.rows, metadata);
  });
}

function metadataOf(
  { name, title }: Experiment,
  runs: Readonly<Record<"missing" | "unmeasured" | "damaged", readonly string[]>>,
): Record<string, string> {
  const lists = Object.entries(runs).map(([key, names]) => [key, JSON.stringify(names)]);
  return { experiment: name, title, ...Object.fromEntries(lists) };
}

function namesOf(runs: readonly PlannedRun[]): string[] {
  return runs.map(({ name }) => name);
}

/** Flattens a row to the columns of the table's file. */
export function flatRow(
  { figures, costs: _, conditions: __, measuredUnder: ___, run, ...identity }: TableRow,
): Row {
  return { ...identity, ...figures, run };
}

function columnsOf(rows: readonly Row[]): Columns {
  const figures = new Set(rows.flatMap((row) => Object.keys(row)));
  for (const name of [...Object.keys(IDENTITY_COLUMNS), "run"]) figures.delete(name);
  return {
    ...IDENTITY_COLUMNS,
    ...Object.fromEntries([...figures].map((name) => [name, "float64" as const])),
    run: "utf8",
  };
}

/** Reads a table: null if it is missing, an error if it is damaged or another's. */
export async function readTable(
  folder: ResultsFolder,
  name: string,
): Promise<ArrowContent | UserError | null> {
  if (!await folder.has(name)) return null;
  const [content] = await folder.readEach([name]);
  const fault = content instanceof UserError ? null : tableFault(name, content);
  return fault === null
    ? content
    : new UserError(`${join(folder.path, resultFile(name))} is damaged: ${fault}`);
}
