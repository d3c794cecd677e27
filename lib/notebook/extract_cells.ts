/** The part of the notebook format that is read here. */
interface Notebook {
  readonly cells: readonly {
    readonly cell_type: string;
    readonly source: string | readonly string[];
  }[];
}

/**
 * The code cells of a notebook as one TypeScript module, for the checks that do not read notebooks.
 * What the last line of a cell shows is kept as an expression statement.
 */
export function extractCells(notebook: string): string {
  const { cells } = JSON.parse(notebook) as Notebook;
  const code = cells.filter(({ cell_type }) => cell_type === "code").map(({ source }) =>
    typeof source === "string" ? source : source.join("")
  );
  return [...code, "export {};"].join("\n\n") + "\n";
}
