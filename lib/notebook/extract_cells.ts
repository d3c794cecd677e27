import { codeCells, type Notebook } from "./notebook.ts";

/**
 * The code cells of a notebook as one TypeScript module, for the checks that do not read notebooks.
 * What the last line of a cell shows is kept as an expression statement.
 */
export function extractCells(notebook: Notebook): string {
  return [...codeCells(notebook).map(({ source }) => source), "export {};"].join("\n\n") + "\n";
}
