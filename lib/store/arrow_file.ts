import {
  type DataType,
  float64,
  int32,
  Precision,
  type Table,
  tableFromArrays,
  tableFromIPC,
  tableToIPC,
  Type,
  utf8,
} from "@uwdata/flechette";
import { UserError } from "../user_error.ts";

export type ColumnType = "utf8" | "float64" | "int32";

/** Column names with their types, in the order in which the file holds them. */
export type Columns = Readonly<Record<string, ColumnType>>;

/** One value per column; `null` if there is none. */
export type Row = Readonly<Record<string, string | number | null>>;

/** The content of an Arrow file. */
export interface ArrowContent {
  readonly columns: Columns;
  readonly rows: readonly Row[];
  readonly metadata: Readonly<Record<string, string>>;
}

const ARROW_TYPES: Readonly<Record<ColumnType, () => DataType>> = { utf8, float64, int32 };

/** The first and last bytes of an Arrow IPC file; an Arrow stream lacks them. */
const MAGIC = "ARROW1";

/** Gives rows a value for each column, in the columns' order: null where a row lacks one. */
export function completeRows(rows: readonly Row[], columns: Columns): Row[] {
  const names = Object.keys(columns);
  return rows.map((row) => Object.fromEntries(names.map((name) => [name, row[name] ?? null])));
}

/**
 * Encodes rows as an Arrow IPC file.
 *
 * @param metadata stored in the schema
 * @throws UserError if there are no columns, or if a row does not fit them
 */
export function encodeArrow(
  columns: Columns,
  rows: readonly Row[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const names = Object.keys(columns);
  if (names.length === 0) throw new UserError("an Arrow file needs at least one column");
  rows.forEach((row, index) => checkRow(columns, row, index));
  const table = tableFromArrays(
    Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name])])),
    { types: Object.fromEntries(names.map((name) => [name, ARROW_TYPES[columns[name]]()])) },
  );
  table.schema.metadata = new Map(Object.entries(metadata));
  return tableToIPC(table, { format: "file" })!; // null only when it is given a sink
}

/**
 * Decodes an Arrow IPC file.
 *
 * @throws UserError if the file is not whole, or a column has an unsupported type
 */
export function decodeArrow(bytes: Uint8Array): ArrowContent {
  const table = tableOf(bytes);
  const columns = Object.fromEntries(
    table.schema.fields.map(({ name, type }) => [name, columnType(name, type)]),
  );
  const names = Object.keys(columns);
  const rows = Array.from(
    { length: table.numRows },
    (_, index) => Object.fromEntries(names.map((name) => [name, table.getChild(name).at(index)])),
  );
  return { columns, rows, metadata: Object.fromEntries(table.schema.metadata ?? []) };
}

function tableOf(bytes: Uint8Array): Table {
  const text = new TextDecoder("latin1");
  if (
    text.decode(bytes.subarray(0, MAGIC.length)) !== MAGIC ||
    text.decode(bytes.subarray(-MAGIC.length)) !== MAGIC
  ) throw new UserError("not a whole Arrow file: it does not start and end with ARROW1");
  try {
    return tableFromIPC(bytes);
  } catch (error) {
    throw new UserError(`not a readable Arrow file (${error})`, { cause: error });
  }
}

function columnType(name: string, type: DataType): ColumnType {
  if (type.typeId === Type.Utf8) return "utf8";
  if (type.typeId === Type.Float && type.precision === Precision.DOUBLE) return "float64";
  if (type.typeId === Type.Int && type.bitWidth === 32 && type.signed) return "int32";
  throw new UserError(
    `column "${name}" has Arrow type ${type.typeId}, but must be utf8, float64 or int32`,
  );
}

const ACCEPTS: Readonly<Record<ColumnType, (value: unknown) => boolean>> = {
  utf8: (value) => typeof value === "string",
  float64: (value) => typeof value === "number",
  int32: (value) => typeof value === "number" && value === (value | 0),
};

/**
 * Checks that a row fits its columns. Arrow builders convert wrong values silently: 1.5 becomes 1.
 *
 * @param index the row's index, for the message
 * @throws UserError naming the row, the column and its type
 */
function checkRow(columns: Columns, row: Row, index: number): void {
  const names = Object.keys(columns);
  const unknown = Object.keys(row).find((name) => !Object.hasOwn(columns, name));
  if (unknown !== undefined) {
    throw new UserError(
      `row ${index} has an unknown column "${unknown}"; its columns are ${names.join(", ")}`,
    );
  }
  for (const name of names) {
    const value = row[name];
    if (value === undefined) throw new UserError(`row ${index} lacks column "${name}"`);
    if (value !== null && !ACCEPTS[columns[name]](value)) {
      throw new UserError(
        `row ${index}: column "${name}" is ${JSON.stringify(value)}, but must be ${columns[name]}`,
      );
    }
  }
}
