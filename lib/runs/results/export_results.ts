import { basename, dirname, extname, isAbsolute, join, relative, resolve } from "node:path";
import { counted } from "../../report/duration.ts";
import { isRun, kindOf, runNameOf, type StoredResult, type StoredRun } from "./stored_result.ts";
import { writeAtomically } from "../../files/write_atomically.ts";
import { type ExportFormat, exportFormatNamed, exportFormats } from "../../store/export.ts";
import { UserError } from "../../user_error.ts";
import { RUN_COLUMNS, runFields } from "./run_fields.ts";
import {
  type ArrowContent,
  type Columns,
  type ColumnType,
  completeRows,
  type Row,
} from "../../store/arrow_file.ts";
import { writeAll } from "../../files/write_all.ts";

/** The file and format of an export. */
export interface ExportTarget {
  /** If left out, by the file's extension, or "csv" without a file */
  readonly format?: string;
  /** Standard output if left out */
  readonly file?: string;
}

/**
 * Writes results as one table for other tools. Replaces an existing file.
 *
 * @param all all results of the folder, including the runs that chosen evaluations are about
 * @param folder the path of the results folder, into which nothing is exported
 * @throws UserError for an unknown format, for results of several kinds, and if the file cannot be
 *   written
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
  const ending = file === undefined ? "csv" : extname(file).slice(1);
  const chosen = exportFormatNamed(format ?? ending);
  if (
    chosen.name !== ending && exportFormats.some(({ name }) => name === ending) &&
    file !== undefined
  ) {
    throw new UserError(`--format ${format} does not fit --out ${file}; leave --format out`);
  }
  if (file === undefined && chosen.name !== "csv" && Deno.stdout.isTerminal()) {
    throw new UserError(`a terminal cannot show ${chosen.name}; name a file with --out`);
  }
  return chosen;
}

/** Writes to standard output until the reader stops: `head` closes the pipe early. */
async function writeOut(bytes: Uint8Array): Promise<void> {
  try {
    await writeAll(Deno.stdout, bytes);
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

/** Refuses a file in the results folder. Compares real paths, since either may be behind a link. */
async function refuseWithin(folder: string, file: string): Promise<void> {
  const place = join(await realFolder(dirname(resolve(file))), basename(file));
  const path = relative(await Deno.realPath(folder), place);
  if (!path.startsWith("..") && !isAbsolute(path)) {
    throw new UserError(`${file} is inside the results folder ${folder}; choose another --out`);
  }
}

/** Gives the real path of a folder, even if it does not exist yet. */
async function realFolder(path: string): Promise<string> {
  return await Deno.realPath(path).catch(async () =>
    dirname(path) === path ? path : join(await realFolder(dirname(path)), basename(path))
  );
}

/**
 * Merges results of one kind into one table. Columns in front identify each row's run or table. A
 * single result keeps its metadata.
 *
 * @param runs the runs that evaluations may be about
 * @throws UserError for results of several kinds, or if a column has two types
 */
export function mergeResults(
  results: readonly StoredResult[],
  runs: readonly StoredRun[],
): ArrowContent {
  const kinds = new Set(results.map(kindOf));
  if (kinds.size > 1) {
    throw new UserError(
      `these are ${[...kinds].join(" and ")}, which have no columns in common; choose one kind: ` +
        [...kinds].map((kind) => `${kind}/`).join(", "),
    );
  }
  const merged = mergeParts(
    results.map((result) => ({ name: result.name, front: frontOf(result, runs), content: result })),
  );
  return { ...merged, metadata: results.length === 1 ? results[0].metadata : {} };
}

function frontOf(result: StoredResult, runs: readonly StoredRun[]): Part["front"] {
  if (isRun(result)) return { columns: RUN_COLUMNS, fields: runFields(result) };
  const { run: name, evaluation } = result.metadata;
  if (name === undefined) {
    return { columns: { table: "utf8" }, fields: { table: result.name.slice("tables/".length) } };
  }
  const run = runs.find((candidate) => runNameOf(candidate) === name);
  return {
    columns: { ...RUN_COLUMNS, evaluation: "utf8" },
    fields: { ...(run ? runFields(run) : { run: name }), evaluation },
  };
}

/** A table, and columns to put in front with one value for all its rows. */
interface Part {
  readonly name: string;
  readonly front: { readonly columns: Columns; readonly fields: Row };
  readonly content: Pick<ArrowContent, "columns" | "rows">;
}

/**
 * Puts tables one below the other, the columns in front first. A column that a table lacks is null.
 * A column with whole numbers in one table and fractions in another has fractions.
 *
 * @throws UserError if a column has two other types
 */
export function mergeParts(parts: readonly Part[]): Pick<ArrowContent, "columns" | "rows"> {
  const columns: Record<string, ColumnType> = {};
  const add = (name: string, more: Columns) => {
    for (const [column, type] of Object.entries(more)) {
      const common = commonType(columns[column] ?? type, type);
      if (common === null) {
        throw new UserError(
          `${name} does not fit the results before it: its column "${column}" is ${type}, theirs ` +
            `${columns[column]}; export it alone`,
        );
      }
      columns[column] = common;
    }
  };
  for (const { name, front } of parts) add(name, front.columns);
  for (const { name, content } of parts) add(name, content.columns);
  const rows = parts.flatMap(({ front, content }) =>
    content.rows.map((row): Row => ({ ...front.fields, ...row }))
  );
  return { columns, rows: completeRows(rows, columns) };
}

function commonType(one: ColumnType, other: ColumnType): ColumnType | null {
  const isNumber = (type: ColumnType) => type === "int32" || type === "float64";
  return one === other ? one : isNumber(one) && isNumber(other) ? "float64" : null;
}
