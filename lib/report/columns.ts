export type ColumnType = "utf8" | "float64" | "int32" | "bool";

/** Column names with their types, in the order in which the file holds them. */
export type Columns = Readonly<Record<string, ColumnType>>;

/** One value a column; `null` where there is none. */
export type Row = Readonly<Record<string, string | number | boolean | null>>;
