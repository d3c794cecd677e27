/** What a table shows in one cell; `null` where there is nothing to show. */
export type Cell = string | number | boolean | null;

export type Align = "left" | "right";

/** What is common to a table as text and as HTML. */
export interface TableOptions {
  /** Stands above the table. */
  readonly title?: string;
  /** Stands below it. */
  readonly note?: string;
  /** One a column; where there is none, columns of numbers are aligned to the right. */
  readonly align?: readonly (Align | undefined)[];
}

/** A number, alone or as in "≈ 86.51 ± 0.32 %", "+1.2" and "[0.7, 2.5]". */
const NUMERIC = /^[[(<>≈~]*\s*[-+−±]?\d[\d\s.,;:%×e±+−-]*[\])]?$/;

/**
 * The text of a cell. A number has at most six significant digits, enough for what is measured
 * here; one that needs a fixed number of decimals is given as text.
 */
export function cellText(cell: Cell): string {
  if (cell === null) return "–";
  if (typeof cell !== "number") return String(cell);
  return String(Number.isInteger(cell) ? cell : Number(cell.toPrecision(6)));
}

/** How each of `count` columns is aligned. */
export function alignments(
  count: number,
  rows: readonly (readonly Cell[])[],
  given: TableOptions["align"] = [],
): Align[] {
  return Array.from({ length: count }, (_, column) => {
    const cells = rows.map((row) => row[column]).filter((cell) => cell !== null);
    return given[column] ?? (cells.length > 0 && cells.every(isNumeric) ? "right" : "left");
  });
}

function isNumeric(cell: Cell): boolean {
  return typeof cell === "number" || typeof cell === "string" && NUMERIC.test(cell);
}
