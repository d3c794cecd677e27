import { basename, dirname, extname, isAbsolute, join, relative, resolve } from "node:path";
import { counted } from "../../report/duration.ts";
import { isRun, kindOf, runNameOf, type StoredResult, type StoredRun } from "./stored_result.ts";
import { writeAtomically } from "../../files/write_atomically.ts";
import { type ExportFormat, exportFormatNamed } from "../../store/export.ts";
import { UserError } from "../../user_error.ts";
import { RUN_COLUMNS, runFields } from "./run_fields.ts";
import type { ArrowContent, Columns, ColumnType, Row } from "../../store/arrow_file.ts";

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

/**
 * Results of one kind, one below the other. In front of their rows stands what they are about. One
 * result alone keeps its metadata.
 *
 * @param runs those that evaluations may be of
 * @throws UserError for results of several kinds, or if a column has two types
 */
export function mergeResults(
  results: readonly StoredResult[],
  runs: readonly StoredRun[],
): ArrowContent {
  const kinds = new Set(results.map(kindOf));
  if (kinds.size > 1) {
    throw new UserError(
      `these are ${
        [...kinds].join(" and ")
      }, which have no columns in common; choose of one kind: ` +
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

/** A table, with columns to put in front of it that have the same value in every row. */
interface Part {
  readonly name: string;
  readonly front: { readonly columns: Columns; readonly fields: Row };
  readonly content: Pick<ArrowContent, "columns" | "rows">;
}

/**
 * Tables one below the other, the columns in front first. A column that some of them lack is null there;
 * whole numbers in some and fractions in others are all of them fractions.
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
          `${name} cannot stand below those before it: its column "${column}" is ${type}, theirs ` +
            `${columns[column]}; export it alone`,
        );
      }
      columns[column] = common;
    }
  };
  for (const { name, front } of parts) add(name, front.columns);
  for (const { name, content } of parts) add(name, content.columns);
  const names = Object.keys(columns);
  const rows = parts.flatMap(({ front, content }) =>
    content.rows.map((row) => {
      const whole: Row = { ...front.fields, ...row };
      return Object.fromEntries(names.map((name) => [name, whole[name] ?? null]));
    })
  );
  return { columns, rows };
}

function commonType(one: ColumnType, other: ColumnType): ColumnType | null {
  const isNumber = (type: ColumnType) => type === "int32" || type === "float64";
  return one === other ? one : isNumber(one) && isNumber(other) ? "float64" : null;
}
